import { describe, expect, it } from '@jest/globals'
import { pino } from 'pino'

import { createSightline } from '../src/index.ts'
import { asked, type Line, type Loose, namesIn, Observed } from './own-pino.ts'

/** The log of a Sightline that writes by itself. */
function ownLog() {
  const texts: string[] = []
  const sightline = createSightline({
    service: 'shop',
    log: { pretty: false, destination: { write: (text) => void texts.push(text) } },
  })
  return { sightline, texts, log: sightline.log as unknown as Loose }
}

const ways = {
  'Sightline’s own': ownLog,
  'the application’s': () => new Observed(),
}

const hostile = new Proxy(
  {},
  {
    ownKeys() {
      throw new Error('hostile')
    },
  },
)

describe.each(Object.entries(ways))('setBindings of a logger that is %s', (_, way) => {
  const written = (texts: readonly string[]) => {
    const text = texts.at(-1) ?? ''
    const names = namesIn(text)
    expect(names).toEqual([...new Set(names)])
    return JSON.parse(text) as Line
  }

  it('masks, and has no name twice, however often it is called', () => {
    const { sightline, log, texts } = way()
    sightline.context.run({ task: 'mail', tenant: 'of the job' }, () => {
      log.setBindings({
        user: 'u1',
        password: 'hunter22',
        request_id: 'forged',
        level: 'fatal',
        tenant: 'set',
      })
      log.setBindings({ user: 'u2' })
      log.info('said')
      expect(written(texts)).toMatchObject({
        user: 'u2',
        password: '[redacted]',
        request_id: sightline.context.requestId(),
        request_id_: 'forged',
        tenant: 'set',
        task: 'mail',
        msg: 'said',
      })
      log.info({ user: 'of the call' }, 'said')
      expect(written(texts)).toMatchObject({ user: 'of the call', tenant: 'set' })
    })
  })

  it('is for the child alone that it is called on, and for its children from then on', () => {
    const { log, texts } = way()
    const child = log.child({ module: 'orders', user: 'of the child' })
    const before = child.child({ part: 1 })
    child.setBindings({ user: 'set', token: 'hunter22' })
    child.info('said')
    expect(written(texts)).toMatchObject({ module: 'orders', user: 'set', token: '[redacted]' })
    child.child({ part: 2 }).info('said')
    expect(written(texts)).toMatchObject({ module: 'orders', user: 'set', part: 2 })
    before.info('said')
    expect(written(texts)).toMatchObject({ module: 'orders', user: 'of the child', part: 1 })
    log.info('said')
    expect(written(texts)).not.toHaveProperty('user')
  })

  it('never throws', () => {
    const { log, texts } = way()
    for (const bindings of [
      hostile,
      Proxy.revocable({}, {}).proxy,
      null,
      undefined,
      {
        get user() {
          throw new Error('hostile')
        },
      },
    ])
      log.setBindings(bindings)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    log.setBindings(proxy)
    log.child(proxy).setBindings(proxy)
    log.info('said')
    expect(written(texts)).toMatchObject({ user: '[unreadable: hostile]', msg: 'said' })
  })
})

it('keeps the bindings of a request’s logger to the lines of that request', async () => {
  const { lines } = await asked({}, ({ sightline }, log) => {
    log.setBindings({ user: 'u1', password: 'hunter22' })
    log.info('of the request')
    sightline.log.info('of the service')
  })
  expect(lines).toMatchObject([
    { user: 'u1', password: '[redacted]', msg: 'of the request' },
    { msg: 'of the service' },
    { msg: 'request completed' },
  ])
  expect(lines[1]).not.toHaveProperty('user')
})

describe('bindings that an application’s logger has got elsewhere', () => {
  it('are masked and have each name once, whether set before Sightline is made or after', () => {
    const texts: string[] = []
    const logger = pino(
      { base: { team: 'shop', apiKey: 'hunter22' } },
      { write: (text) => void texts.push(text) },
    )
    logger.setBindings({ team: 'shop 2', password: 'hunter22' })
    const sightline = createSightline({ service: 'shop', log: { logger } })
    sightline.log.info('before')
    const child = sightline.log.child({ module: 'm' })
    logger.setBindings({ region: 'eu', secret: 'hunter22', team: 'shop 3' })
    sightline.log.info('after')
    child.info('of a child, as pino has it')
    sightline.log.info({ team: 'of the call' }, 'after')
    expect(texts.join('')).not.toContain('hunter22')
    expect(texts.map((text) => JSON.parse(text) as Line)).toMatchObject([
      { team: 'shop 2', apiKey: '[redacted]', password: '[redacted]', service: 'shop' },
      { team: 'shop 3', region: 'eu', secret: '[redacted]', service: 'shop' },
      { team: 'shop 2', module: 'm' },
      { team: 'of the call', region: 'eu' },
    ])
    for (const text of texts) expect(namesIn(text)).toEqual([...new Set(namesIn(text))])
  })

  it('stay as they are for the lines that the application writes without Sightline', () => {
    const texts: string[] = []
    const logger = pino({ base: { team: 'shop' } }, { write: (text) => void texts.push(text) })
    const sightline = createSightline({ service: 'shop', log: { logger } })
    sightline.log.setBindings({ module: 'm' })
    logger.info('said')
    expect(JSON.parse(texts[0] ?? '')).toEqual({
      level: 30,
      time: expect.any(Number),
      team: 'shop',
      msg: 'said',
    })
  })
})
