import { afterEach, describe, expect, it } from '@jest/globals'
import { type Logger, pino } from 'pino'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type LogOptions, type Sightline } from '../src/index.ts'
import { served } from './probe.ts'

const closing: Array<() => unknown> = []
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close()
})

interface Line {
  readonly level: string | number
  readonly msg: string
  readonly path?: string
}

/** A service that logs in every way that there is, and `/loggers` of it. */
async function service(log: LogOptions = {}, prepare: (sightline: Sightline) => void = () => {}) {
  const lines: Line[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) }
  const sightline = createSightline({
    service: 'test',
    log: { destination, ...log },
    management: { port: 0 },
  })
  closing.push(() => sightline.close())
  prepare(sightline)
  const module = sightline.log.child({ module: 'orders' })
  const strict = sightline.log.child({}, { level: 'error' })
  const app = await served((req, res) => {
    const observation = hostOf(sightline).observe({
      req,
      res,
      route: () => undefined,
      clientIp: () => undefined,
    })
    observation.run(() => {
      sightline.log.debug('by the service')
      observation.log.debug('by the request')
      module.debug('by a module')
      sightline.context.run({ task: 'mail' }, () => sightline.log.debug('by a job'))
      strict.debug('too quiet')
      res.end()
    })
  })
  closing.push(app.close)
  const url = `${await sightline.management?.listening()}/loggers`
  return {
    sightline,
    lines,
    /** What one request writes. */
    async written(path: string): Promise<string[]> {
      lines.length = 0
      await (await app.get(path)).text()
      return lines.filter(({ msg }) => !msg.startsWith('log level')).map(({ msg }) => msg)
    },
    show: async () => (await (await fetch(url)).json()) as Record<string, unknown>,
    change: (body: object, init: RequestInit = {}) =>
      fetch(url, { method: 'POST', body: JSON.stringify(body), ...init }),
    send: (body: string, init: RequestInit = {}) => fetch(url, { method: 'POST', body, ...init }),
    takeBack: (path = '') => fetch(url + (path && `?path=${encodeURIComponent(path)}`), { method: 'DELETE' }),
  }
}

const DEBUG = ['by the service', 'by the request', 'by a module', 'by a job']
const EVENT = ['request completed']

describe('the level of the log', () => {
  it('is shown', async () => {
    const { show } = await service({ level: 'warn' })
    expect(await show()).toEqual({
      levels: ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'],
      configured: 'warn',
      level: 'warn',
      paths: [],
    })
  })

  it('changes for all that requests write, and for what is outside of them', async () => {
    const { change, written, lines, sightline } = await service()
    expect(await written('/orders/7')).toEqual(EVENT)
    const response = await change({ level: 'debug' })
    expect([response.status, await response.json()]).toMatchObject([
      200,
      { configured: 'info', level: 'debug' },
    ])
    expect(await written('/orders/7')).toEqual([...DEBUG, ...EVENT])
    sightline.log.debug('outside')
    expect(lines.at(-1)).toMatchObject({ level: 'debug', msg: 'outside' })
    await change({ level: 'error' })
    expect(await written('/orders/7')).toEqual([])
  })

  it('changes for the requests of one path only', async () => {
    const { change, written, show, sightline, lines } = await service()
    await change({ level: 'debug', path: '/orders/*' })
    expect(await written('/orders/7')).toEqual([...DEBUG, ...EVENT])
    expect(await written('/orders/7?as=text')).toEqual([...DEBUG, ...EVENT])
    expect(await written('/orders')).toEqual(EVENT)
    expect(await written('/users/7')).toEqual(EVENT)
    sightline.log.debug('outside')
    expect(lines.map(({ msg }) => msg)).not.toContain('outside')
    expect(await show()).toMatchObject({
      configured: 'info',
      level: 'info',
      paths: [{ path: '/orders/*', level: 'debug', until: expect.stringMatching(/^20.*Z$/) }],
    })
  })

  it('is lower or higher for a path than for the rest, the most specific first', async () => {
    const { change, written } = await service()
    await change({ level: 'silent', path: '/*' })
    await change({ level: 'debug', path: '/orders/7' })
    await change({ level: 'info', path: '/orders/*' })
    expect(await written('/orders/7')).toEqual([...DEBUG, ...EVENT])
    expect(await written('/orders/8')).toEqual(EVENT)
    expect(await written('/users')).toEqual([])
  })

  it('is taken back, path by path or as a whole', async () => {
    const { change, takeBack, written, show } = await service()
    await change({ level: 'debug', path: '/orders/*' })
    await change({ level: 'debug', path: '/users/*' })
    await change({ level: 'error' })
    expect((await takeBack('/orders/*')).status).toBe(200)
    expect(await written('/orders/7')).toEqual([])
    expect(await written('/users/7')).toEqual([...DEBUG, ...EVENT])
    expect((await takeBack()).status).toBe(200)
    expect(await written('/users/7')).toEqual(EVENT)
    expect(await show()).toMatchObject({ level: 'info', paths: [] })
    expect((await takeBack('/orders/*')).status).toBe(404)
  })

  it('leaves alone who was given a level of its own', async () => {
    const { change, lines, sightline } = await service()
    const talkative = sightline.log.child({}, { level: 'trace' })
    await change({ level: 'debug', path: '/orders/*' })
    talkative.trace('always')
    await change({ level: 'error' })
    talkative.trace('always')
    expect(lines.filter(({ msg }) => msg === 'always')).toHaveLength(2)
  })

  it('goes back by itself', async () => {
    const { change, written, show } = await service()
    await change({ level: 'debug', for: 0.2 })
    await change({ level: 'silent', path: '/users/*', for: 0.2 })
    expect(await written('/orders/7')).toEqual([...DEBUG, ...EVENT])
    await reverted(show)
    expect(await written('/orders/7')).toEqual(EVENT)
    expect(await written('/users/7')).toEqual(EVENT)
  })

  it('goes back to what the application has set meanwhile', async () => {
    const { change, takeBack, written, show, sightline } = await service()
    await change({ level: 'silent' })
    sightline.log.level = 'debug'
    await change({ level: 'error' })
    expect(await show()).toMatchObject({ configured: 'debug', level: 'error' })
    await takeBack()
    expect(await written('/orders/7')).toEqual([...DEBUG, ...EVENT])
  })

  it('says in the log who listens, whatever it was before', async () => {
    const { change, takeBack, lines } = await service()
    await change({ level: 'debug', path: '/orders/*', for: 60 })
    await takeBack()
    expect(lines.slice(1)).toMatchObject([
      { level: 'warn', msg: 'log level changed', log_level: 'debug', log_path: '/orders/*', for_seconds: 60 },
      { level: 'warn', msg: 'log level change taken back' },
    ])
  })
})

/** Another logger than Sightline's own: the application's pino, or the one of its framework. */
describe.each<[whose: string, (logger: Logger) => [LogOptions, (sightline: Sightline) => void]]>([
  ['the application', (logger) => [{ logger }, () => {}]],
  ['its framework', (logger) => [{}, (sightline) => void hostOf(sightline).useLogger(logger)]],
])('the logger of %s', (_, options) => {
  it('follows, and keeps its own level', async () => {
    const lines: Line[] = []
    const logger = pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line) as Line) })
    const { change, takeBack, written } = await service(...options(logger))
    const seen = async (path: string) => {
      lines.length = 0
      await written(path)
      return lines.map(({ msg }) => msg)
    }
    expect(await seen('/orders/7')).toEqual([])
    await change({ level: 'debug' })
    expect(await seen('/orders/7')).toEqual([...DEBUG, ...EVENT])
    logger.debug('by itself')
    expect(lines.at(-1)).toMatchObject({ msg: 'by itself' })
    await takeBack()

    await change({ level: 'debug', path: '/orders/*' })
    expect(await seen('/orders/7')).toEqual([...DEBUG, ...EVENT])
    expect(await seen('/users/7')).toEqual([])
    logger.info('by itself')
    expect(lines).toEqual([])
    await takeBack()
    expect(logger.level).toBe('warn')
  })
})

it('changes the logger that a request has brought along', async () => {
  const lines: Line[] = []
  const theirs = pino({ level: 'info' }, { write: (line) => void lines.push(JSON.parse(line) as Line) })
  const sightline = createSightline({ service: 'test', log: { level: 'silent' }, management: { port: 0 } })
  closing.push(() => sightline.close())
  const app = await served((req, res) => {
    Object.assign(req, { log: theirs, allLogs: [theirs] })
    hostOf(sightline)
      .observe({ req, res, route: () => undefined, clientIp: () => undefined })
      .log.debug('theirs')
    res.end()
  })
  closing.push(app.close)
  const body = JSON.stringify({ level: 'debug', path: '/orders/*' })
  await fetch(`${await sightline.management?.listening()}/loggers`, { method: 'POST', body })
  for (const path of ['/users/7', '/orders/7']) await (await app.get(path)).text()
  expect(lines).toMatchObject([{ level: 20, msg: 'theirs' }])
})

describe('a change that is wrong', () => {
  const LEVELS = 'trace, debug, info, warn, error, fatal, silent'

  it.each<[body: string, sentence: string | RegExp]>([
    ['', 'the body must be a JSON object such as {"level":"debug","path":"/orders/*","for":300}'],
    ['level=debug', 'the body must be a JSON object such as {"level":"debug","path":"/orders/*","for":300}'],
    ['["debug"]', 'the body must be a JSON object such as {"level":"debug","path":"/orders/*","for":300}'],
    ['{}', `level is missing, but must be one of ${LEVELS}`],
    ['{"level":"loud"}', `level is "loud", but must be one of ${LEVELS}`],
    ['{"level":"__proto__"}', `level is "__proto__", but must be one of ${LEVELS}`],
    ['{"level":"debug","logger":"x"}', '"logger" is unknown: there are level, for and path'],
    ['{"level":"debug","for":0}', 'for is 0, but must be a number of seconds above 0, up to 86400'],
    [
      '{"level":"debug","for":1e9}',
      'for is 1000000000, but must be a number of seconds above 0, up to 86400',
    ],
    ['{"level":"debug","for":"1"}', 'for is "1", but must be a number of seconds above 0, up to 86400'],
    ['{"level":"debug","path":"orders"}', /^path is "orders", but must be a path such as /],
    ['{"level":"debug","path":"/a*b"}', /^path is "\/a\*b", but must be a path such as /],
    ['{"level":"debug","path":"/a?b"}', /^path is "\/a\?b", but must be a path such as /],
    [`{"level":"debug","path":"/${'a'.repeat(300)}"}`, /^path is "\/a{98}…, but must be a path such as /],
  ])('is answered with one sentence (%#)', async (body, sentence) => {
    const { send, show } = await service()
    const response = await send(body)
    expect(response.status).toBe(400)
    expect(await response.text()).toEqual(
      typeof sentence === 'string' ? `${sentence}\n` : expect.stringMatching(sentence),
    )
    expect(await show()).toMatchObject({ level: 'info', paths: [] })
  })

  it('is too long, with or without a length', async () => {
    const { send } = await service()
    const long = `{"level":"debug","path":"/${' '.repeat(5_000)}"}`
    expect((await send(long)).status).toBe(413)
    const body = new Blob([long]).stream()
    expect((await send('', { body, duplex: 'half' })).status).toBe(413)
  })

  it('comes from a page in a browser', async () => {
    const { change, show } = await service()
    expect((await change({ level: 'silent' }, { headers: { origin: 'http://evil.example' } })).status).toBe(
      403,
    )
    expect(await show()).toMatchObject({ level: 'info' })
  })

  it('is one path too many', async () => {
    const { change } = await service()
    for (let n = 0; n < 20; n++) await change({ level: 'debug', path: `/${n}` })
    expect((await change({ level: 'debug', path: '/20' })).status).toBe(409)
    expect((await change({ level: 'info', path: '/19' })).status).toBe(200)
  })
})

/** A level goes back by a timer: there is no event that a client could wait for. */
async function reverted(show: () => Promise<Record<string, unknown>>): Promise<void> {
  const end = Date.now() + 60_000
  for (;;) {
    const { level, paths } = await show()
    if (level === 'info' && Array.isArray(paths) && paths.length === 0) return
    if (Date.now() > end) throw new Error('the level has not gone back')
  }
}
