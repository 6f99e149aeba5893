import { expect, it } from '@jest/globals'
import { type Logger, pino } from 'pino'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline } from '../src/index.ts'
import { type Line, namesIn } from './own-pino.ts'
import { served } from './probe.ts'

/** What a library makes of its logger for one request, and what a handler says with it. */
interface Case {
  readonly make: (logger: Logger) => Logger
  readonly say?: (logger: Logger) => void
  readonly lines: readonly Line[]
}

const auditing = (logger: Logger) =>
  Object.assign(logger.child({ part: 'audited' }), {
    audit(this: Logger) {
      this.info('audited')
    },
  })

/** All of them of one logger, in one service: what one has of its own is not that of the others. */
const CASES: Record<string, Case> = {
  bindings: { make: (logger) => logger.child({ part: 1 }), lines: [{ part: 1, msg: 'said' }] },
  'bindings of a child of a child': {
    make: (logger) => logger.child({ part: 1 }).child({ part: 2, more: true }),
    lines: [{ part: 2, more: true, msg: 'said' }],
  },
  'a level': {
    make: (logger) => logger.child({}, { level: 'debug' }),
    say: (logger) => logger.debug('said'),
    lines: [{ level: 20, msg: 'said' }],
  },
  'no level': { make: (logger) => logger.child({}), say: (logger) => logger.debug('said'), lines: [] },
  'a prefix': { make: (logger) => logger.child({}, { msgPrefix: '> ' }), lines: [{ msg: '> said' }] },
  serializers: {
    make: (logger) => logger.child({}, { serializers: { order: (order: unknown) => [order] } }),
    lines: [{ order: [7], msg: 'said' }],
  },
  'a formatter': {
    make: (logger) => logger.child({}, { formatters: { log: (fields) => ({ ...fields, formatted: true }) } }),
    lines: [{ order: 7, formatted: true, msg: 'said' }],
  },
  redact: {
    make: (logger) => logger.child({}, { redact: ['order'] }),
    lines: [{ order: '[Redacted]', msg: 'said' }],
  },
  // The types of loggers differ in their levels.
  'a level that pino does not have': {
    make: (logger) => logger.child({}, { customLevels: { audit: 35 } }) as unknown as Logger,
    say: (logger) => (logger as unknown as Logger<'audit'>).audit('said'),
    lines: [{ level: 35, msg: 'said' }],
  },
  'a method': {
    make: auditing,
    say: (logger) => (logger as ReturnType<typeof auditing>).audit(),
    lines: [{ part: 'audited', msg: 'audited' }],
  },
  'bindings that are set later': {
    make: (logger) => logger.child({ part: 1 }),
    say(logger) {
      logger.setBindings({ part: 2, password: 'hunter22' })
      logger.child({ more: true }).info('said')
    },
    lines: [{ part: 2, password: '[redacted]', more: true, msg: 'said' }],
  },
  'the name of the process in its bindings': {
    make: (logger) => logger.child({ hostname: 'of the request' }),
    say: (logger) => logger.info({ hostname: 'of the call' }, 'said'),
    lines: [{ hostname: 'of the request', hostname_: 'of the call', msg: 'said' }],
  },
}

it('leaves a logger that a library has made for a request what it has of its own', async () => {
  const texts: string[] = []
  const logger = pino({ base: { team: 'shop' } }, { write: (text) => void texts.push(text) })
  const sightline = createSightline({ service: 'shop', log: { level: 'silent' } })
  const app = await served((req, res) => {
    const { make, say = (log) => log.info({ order: 7 }, 'said') } = CASES[
      decodeURI(req.url ?? '').slice(1)
    ] as Case
    const { log } = hostOf(sightline).observe({
      req: Object.assign(req, { log: make(logger) }),
      res,
      route: () => undefined,
      clientIp: () => undefined,
    })
    say(log)
    res.end()
  })
  // Twice: the second time, what they have in common is there.
  for (const [name, { lines }] of [...Object.entries(CASES), ...Object.entries(CASES)]) {
    const from = texts.length
    await app.get(encodeURI(`/${name}`), { headers: { 'x-request-id': `of ${name}`.replaceAll(' ', '-') } })
    const written = texts.slice(from).map((text) => JSON.parse(text) as Line)
    expect([name, written]).toMatchObject([
      name,
      lines.map((line) => ({ team: 'shop', service: 'shop', request_id: expect.any(String), ...line })),
    ])
    for (const text of texts.slice(from)) expect(namesIn(text)).toEqual([...new Set(namesIn(text))])
  }
  logger.info('of the library')
  expect(JSON.parse(texts.at(-1) ?? '')).not.toHaveProperty('service')
  app.close()
  await sightline.close()
})
