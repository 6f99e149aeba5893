import { afterEach, describe, expect, it } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type LogOptions, type Sightline, type SightlineOptions } from '../src/index.ts'
import { served } from './probe.ts'

type Line = Record<string, unknown>

const ends: Array<() => unknown> = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A service that answers each request with the status in its path, and what it writes. */
async function service(log: LogOptions, options: SightlineOptions = {}) {
  const lines: Line[] = []
  const sightline: Sightline = createSightline({
    service: 'events',
    ...options,
    log: {
      destination: { write: (line) => void lines.push(JSON.parse(line) as Line) },
      pretty: false,
      ...log,
    },
  })
  let onEnd = () => {}
  const server = await served((req, res) => {
    res.on('close', () => onEnd())
    hostOf(sightline).observe({ req, res, route: () => '/:status', clientIp: () => undefined })
    res.statusCode = Number(req.url?.slice(1)) || 200
    res.end()
  })
  ends.push(
    () => server.close(),
    () => sightline.close(),
  )
  return {
    sightline,
    lines,
    async get(path: string, headers: Record<string, string> = {}) {
      const ended = Promise.withResolvers<void>()
      onEnd = ended.resolve
      const response = await server.get(path, { headers })
      await response.text()
      await ended.promise
      return response
    },
  }
}

describe('log.event', () => {
  it('settles the level, the message and more fields', async () => {
    const { get, lines } = await service({
      event: (record, req, res) =>
        record.status === 404
          ? {
              level: 'warn',
              message: 'nothing "here"\n',
              fields: {
                agent: req.headers['x-agent'],
                type: res.getHeader('x-request-id'),
                password: 'p',
                status: 1,
              },
            }
          : undefined,
    })
    await get('/404', { 'x-agent': 'me' })
    await get('/201')
    expect(lines).toMatchObject([
      {
        level: 'warn',
        msg: 'nothing "here"\n',
        agent: 'me',
        status: 404,
        status_: 1,
        password: '[redacted]',
      },
      { level: 'info', msg: 'request completed', status: 201 },
    ])
    expect(lines[0]?.type).toBe(lines[0]?.request_id)
  })

  it('leaves events out', async () => {
    const { get, lines } = await service({
      event: ({ status }) => (status === 201 ? false : status === 202 ? { level: 'silent' } : undefined),
    })
    for (const path of ['/201', '/202', '/203']) await get(path)
    expect(lines).toMatchObject([{ status: 203 }])
  })

  it('settles what an event in a logger of the application’s looks like as well', async () => {
    const { pino } = await import('pino')
    const lines: Line[] = []
    const logger = pino({}, { write: (line: string) => void lines.push(JSON.parse(line) as Line) })
    const { get } = await service({
      logger,
      event: () => ({ level: 'error', message: 'so', fields: { a: 1 } }),
    })
    await get('/200')
    expect(lines).toMatchObject([{ level: 50, msg: 'so', a: 1, status: 200 }])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('no')
      },
    ],
    ['names a level that does not exist', () => ({ level: 'loud' }) as never],
  ])('loses nothing where it %s, and says so once', async (_what, event) => {
    const { get, lines } = await service({ event })
    await get('/200')
    await get('/500')
    expect(lines.map(({ msg }) => msg)).toEqual([
      'sightline: option log.event failed; further failures of it are not logged',
      'request completed',
      'request failed',
    ])
  })
})

describe('log.ignore', () => {
  it('leaves out the events of requests, asked once for each, and counts them all the same', async () => {
    const asked: unknown[] = []
    const { get, lines, sightline } = await service({
      ignore(req) {
        asked.push(req.url)
        return req.url === '/500'
      },
    })
    for (const path of ['/200', '/500', '/404']) await get(path)
    expect(asked).toEqual(['/200', '/500', '/404'])
    expect(lines.map(({ status }) => status)).toEqual([200, 404])
    expect(await sightline.metrics.text()).toContain(
      'http_requests_total{method="GET",route="/:status",status="500"} 1\n',
    )
  })

  it('loses nothing where it throws, and says so once', async () => {
    const { get, lines } = await service({
      ignore() {
        throw new Error('no')
      },
    })
    for (const path of ['/200', '/500']) await get(path)
    expect(lines.map(({ msg }) => msg)).toEqual([
      'sightline: option log.ignore failed; further failures of it are not logged',
      'request completed',
      'request failed',
    ])
  })
})

describe('log.sample', () => {
  it('leaves out the events of a share of healthy requests, and says for how many the others stand', async () => {
    const { get, lines, sightline } = await service({ sample: { ratio: 0.25 } })
    for (let i = 0; i < 200; i++) await get('/200')
    const leftOut = 200 - lines.length
    // Six standard deviations around 50 of 200.
    expect(lines.length).toBeGreaterThan(12)
    expect(lines.length).toBeLessThan(88)
    expect(new Set(lines.map(({ sample_weight: weight }) => weight))).toEqual(new Set([4]))
    const scrape = await sightline.metrics.text()
    expect(scrape).toContain(`sightline_access_events_left_out_total ${leftOut}\n`)
    expect(scrape).toContain('http_requests_total{method="GET",route="/:status",status="200"} 200\n')
  })

  it('agrees with every other service of the trace', async () => {
    const services = [await service({ sample: { ratio: 0.5 } }), await service({ sample: { ratio: 0.5 } })]
    const ids = Array.from(
      { length: 40 },
      (_, i) => `${'ab'.repeat(12)}${(i * 0x0631_f211 + 1).toString(16).padStart(8, '0').slice(-8)}`,
    )
    for (const id of ids)
      for (const { get } of services) await get('/200', { traceparent: `00-${id}-${'c'.repeat(16)}-00` })
    const [one, other] = services.map(({ lines }) => lines.map(({ trace_id: id }) => id))
    expect(one).toEqual(other)
    expect(one?.length).toBeGreaterThan(0)
    expect(one?.length).toBeLessThan(40)
  })

  it('always writes those that failed, that clients got wrong, and that the application has raised', async () => {
    const { get, lines } = await service({
      sample: { ratio: 0 },
      event: ({ status }) => (status === 202 ? { level: 'warn' } : undefined),
    })
    for (const path of ['/200', '/202', '/404', '/500']) await get(path)
    expect(lines.map(({ status }) => status)).toEqual([202, 404, 500])
    for (const line of lines) expect(line).not.toHaveProperty('sample_weight')
  })

  it('always writes slow ones', async () => {
    const { get, lines } = await service({ sample: { ratio: 0, keepSlow: 0.001 } })
    await get('/200')
    expect(lines).toMatchObject([{ status: 200 }])
  })

  it('can have a share for a route', async () => {
    const { get, lines } = await service({ sample: { ratio: 0, routes: { '/:status': 1 } } })
    await get('/200')
    expect(lines).toHaveLength(1)
    expect(lines[0]).not.toHaveProperty('sample_weight')
  })
})

describe('log.levels', () => {
  it('is for the events and the lines of a route, not for others', async () => {
    const { get, lines, sightline } = await service({ levels: { '/:status': 'warn' } })
    await get('/200')
    await get('/500')
    sightline.log.info('outside')
    expect(lines.map(({ msg }) => msg)).toEqual(['request failed', 'outside'])
  })

  it('opens the debug lines of a route, in its jobs as well', async () => {
    const lines: Line[] = []
    const kit = createSightline({
      log: {
        level: 'warn',
        levels: { '/orders/:id': 'debug' },
        pretty: false,
        destination: { write: (line) => void lines.push(JSON.parse(line) as Line) },
      },
    })
    const ended = Promise.withResolvers<void>()
    let count = 0
    const server = await served((req, res) => {
      res.on('close', () => ++count === 2 && ended.resolve())
      const route = () => (req.url === '/orders/7' ? '/orders/:id' : '/other')
      const observation = hostOf(kit).observe({ req, res, route, clientIp: () => undefined })
      observation.run(() => {
        observation.log.debug({ url: req.url }, 'of the request')
        kit.context.run({ batch: 1 }, () => kit.log.debug({ url: req.url }, 'of a job in it'))
        res.end()
      })
    })
    ends.push(
      () => server.close(),
      () => kit.close(),
    )
    for (const path of ['/orders/7', '/orders/8']) await (await server.get(path)).text()
    await ended.promise
    kit.log.info('outside')
    expect(lines.map(({ msg, url }) => [msg, url])).toEqual([
      ['of the request', '/orders/7'],
      ['of a job in it', '/orders/7'],
      ['request completed', undefined],
    ])
  })

  it('is refused where it names a level that does not exist', () => {
    expect(() => createSightline({ log: { levels: { '/ping': 'loud' as never } } })).toThrow(
      'option log.levels is {"/ping":"loud"}, but must be an object of levels by route',
    )
  })
})

describe('the option requestId', () => {
  it('makes ids in place of what callers send, and never one that cannot be passed on', async () => {
    const { get, lines } = await service(
      {},
      {
        requestId(req) {
          if (req.url === '/500') throw new Error('no')
          return req.headers['x-number'] === undefined ? 'evil\n' : Number(req.headers['x-number'])
        },
      },
    )
    const numbered = await get('/200', { 'x-number': '7', 'x-request-id': 'sent' })
    const evil = await get('/200', { 'x-request-id': 'sent' })
    await get('/500', { 'x-request-id': 'sent' })
    expect(numbered.headers.get('x-request-id')).toBe('7')
    expect(evil.headers.get('x-request-id')).toBe('sent')
    expect(lines.map(({ request_id: id, err }) => id ?? (err as Line).message)).toEqual([
      '7',
      'sent',
      'no',
      'sent',
    ])
  })
})
