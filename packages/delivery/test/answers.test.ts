import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import type { Delivery, DeliveryOptions } from '../src/index.ts'
import { retryAfterMs } from '../src/verdict.ts'
import { type Kit, pushItems, startKit, unexplained } from './kit.ts'
import { accepting, answering, type Behaviour, startSink } from './sink.ts'

let kit: Kit
beforeEach(async () => {
  kit = await startKit()
})
afterEach(() => kit.close())

async function settled(delivery: Delivery): Promise<void> {
  while (delivery.ledger().queued > 0) await delivery.flush(10_000)
}

describe('an answer', () => {
  it.each([400, 401, 403, 404, 405, 408, 415, 422, 500, 501])(
    'of %i is final: what it is about is dropped, by that reason, and announced once',
    async (status) => {
      kit.sink.behave(answering(status))
      const delivery = kit.open()
      for (let i = 0; i < 3; i++) {
        pushItems(delivery, 0, 10)
        await settled(delivery)
      }
      expect(kit.sink.requests).toHaveLength(3)
      expect(delivery.ledger()).toMatchObject({ delivered: 0, dropped: { [`http_${status}`]: 30 } })
      expect(kit.messages).toEqual([`warn sightline: test items are being lost: http_${status}`])
    },
  )

  it('that demands to wait is obeyed, also by a flush', async () => {
    kit.sink.behave(answering(503, { 'retry-after': '1' }))
    const delivery = kit.open({ requests: 1 })
    pushItems(delivery, 0, 10)
    await kit.sink.until(() => kit.sink.requests.length === 1)
    kit.sink.behave(accepting)
    // New items must not trigger a request.
    pushItems(delivery, 10, 3_000)
    expect(await delivery.flush(100)).toBe(false)
    expect(kit.sink.requests).toHaveLength(1)
    await kit.sink.until(() => kit.sink.taken.size === 3_000)
    const [first, second] = kit.sink.requests
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(990)
  })

  it('that demands to wait for ever is obeyed for as long as the option allows', async () => {
    kit.sink.behave(answering(429, { 'retry-after': '999999999' }))
    const delivery = kit.open({ retry: { first: 10, longest: 50, retryAfter: 100 } })
    pushItems(delivery, 0, 10)
    await kit.sink.until(() => kit.sink.requests.length === 3)
    kit.sink.behave(accepting)
    await kit.sink.until(() => kit.sink.taken.size === 10)
    const times = kit.sink.requests.map(({ at }) => at)
    expect((times[2] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(198)
  })

  it('that demands not to wait is no reason to ask without a pause', async () => {
    kit.sink.behave(answering(503, { 'retry-after': '0' }))
    const delivery = kit.open({ retry: { first: 100, longest: 1_000 } })
    pushItems(delivery, 0, 10)
    expect(await delivery.flush(500)).toBe(false)
    expect(kit.sink.requests.length).toBeLessThanOrEqual(12)
  })

  it.each([
    ['120', 120_000],
    ['0', 0],
    ['Fri, 20 Nov 2026 10:00:30 GMT', 30_000],
    ['Friday, 20-Nov-26 10:00:30 GMT', 30_000],
    ['Fri, 20 Nov 2026 09:00:00 GMT', 0],
    ['-1', undefined],
    ['1.5', undefined],
    ['soon', undefined],
    ['', undefined],
    [undefined, undefined],
  ])('may say %j for when to come again', (header, expected) => {
    expect(retryAfterMs(header, Date.parse('2026-11-20T10:00:00Z'))).toBe(expected)
  })

  it('that a batch is too large has it sent in halves, and is remembered', async () => {
    kit.sink.behave((exchange) =>
      exchange.received.bytes > 5_000 ? answering(413)(exchange) : exchange.accept(),
    )
    const delivery = kit.open()
    pushItems(delivery, 0, 1_000, 100)
    await settled(delivery)
    expect(kit.sink.taken.size).toBe(1_000)
    expect(delivery.ledger()).toMatchObject({ delivered: 1_000, dropped: {} })
    const refused = kit.sink.requests.filter(({ bytes }) => bytes > 5_000)
    expect(refused.length).toBeLessThan(kit.sink.requests.length / 2)
  })

  it('that a single item is too large costs this item only', async () => {
    kit.sink.behave((exchange) =>
      exchange.received.bytes > 5_000 ? answering(413)(exchange) : exchange.accept(),
    )
    const delivery = kit.open()
    pushItems(delivery, 0, 20, 100)
    pushItems(delivery, 20, 21, 6_000)
    pushItems(delivery, 21, 40, 100)
    await settled(delivery)
    expect(kit.sink.taken.size).toBe(39)
    expect(kit.sink.taken.has(20)).toBe(false)
    expect(delivery.ledger()).toMatchObject({ delivered: 39, dropped: { too_large: 1 } })
  })

  it('that everything is too large is not believed a thousand times a second', async () => {
    kit.sink.behave(answering(413))
    const delivery = kit.open({ retry: { first: 100, longest: 10_000 } })
    pushItems(delivery, 0, 1_000, 100)
    await delivery.flush(500)
    expect(kit.sink.requests.length).toBeLessThan(30)
    expect(unexplained(delivery.ledger())).toBe(0)
  })

  it('may refuse a part of what it takes: that is counted, and not sent again', async () => {
    kit.sink.behave(answering(200, {}, '{"refused":4,"why":"too old"}'))
    const delivery = kit.open({
      read: ({ body }) => {
        const { refused, why } = JSON.parse(body.toString()) as { refused: number; why: string }
        return { count: refused, reason: why }
      },
    })
    pushItems(delivery, 0, 10)
    await settled(delivery)
    expect(kit.sink.requests).toHaveLength(1)
    expect(delivery.ledger()).toMatchObject({ delivered: 6, dropped: { rejected: 4 } })
  })

  it.each([Number.NaN, -5, 1e9, Number.POSITIVE_INFINITY, 2.7])(
    'may claim to have refused %d, and the ledger still adds up',
    async (count) => {
      const delivery = kit.open({ read: () => ({ count }) })
      pushItems(delivery, 0, 10)
      await settled(delivery)
      expect(unexplained(delivery.ledger())).toBe(0)
      expect(delivery.ledger().delivered).toBeGreaterThanOrEqual(0)
      expect(Number.isInteger(delivery.ledger().delivered)).toBe(true)
    },
  )

  it('that cannot be read is an answer all the same', async () => {
    kit.sink.behave((exchange) => {
      exchange.keep()
      answering(200, { 'content-type': 'text/html' }, '<h1>It works!</h1>')(exchange)
    })
    const delivery = kit.open({ read: ({ body }) => JSON.parse(body.toString()) as { count: number } })
    pushItems(delivery, 0, 10)
    await settled(delivery)
    expect(delivery.ledger()).toMatchObject({ delivered: 10, dropped: {} })
    expect(kit.faults).toEqual([expect.stringContaining('reading the answer of test: SyntaxError')])
  })
})

describe('a sink that lies', () => {
  const lies: Array<[string, Behaviour, Partial<DeliveryOptions>?]> = [
    [
      'never ends its body',
      ({ res, keep }) => {
        keep()
        res.writeHead(200)
        const more = () => {
          while (!res.destroyed && res.write('x'.repeat(16_384)));
          res.once('drain', more)
        }
        more()
      },
    ],
    [
      'begins its body and says no more',
      ({ res, keep }) => {
        keep()
        res.writeHead(200).write('x')
      },
    ],
    [
      'announces more than it sends',
      ({ res, keep }) => {
        keep()
        res.writeHead(200, { 'content-length': 1_000 }).write('{}')
        setImmediate(() => res.destroy())
      },
    ],
    [
      'sends more than it announced',
      ({ res, keep }) => {
        keep()
        res.socket?.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}and a lot more')
      },
    ],
    [
      'hangs up in the middle of its body',
      ({ res, keep }) => {
        keep()
        res.writeHead(200).write('{"par')
        setImmediate(() => res.destroy())
      },
    ],
    [
      'says 204 and sends a body',
      ({ res, keep }) => {
        keep()
        res.socket?.end('HTTP/1.1 204 No Content\r\ncontent-length: 5\r\n\r\nhello')
      },
    ],
  ]

  it.each(lies)('and %s has taken what it says it has', async (_, lie) => {
    kit.sink.behave(lie)
    const delivery = kit.open({ timeout: 1_000 })
    pushItems(delivery, 0, 50)
    await settled(delivery)
    expect(delivery.ledger()).toMatchObject({ delivered: 50, dropped: {} })
    // The rest of the first response must not break the next batch.
    kit.sink.behave(accepting)
    pushItems(delivery, 50, 100)
    await settled(delivery)
    expect([...kit.sink.taken.values()].filter((times) => times > 1)).toHaveLength(0)
    expect(kit.sink.taken.size).toBe(100)
  })

  const nonsense: Array<[string, Behaviour]> = [
    ['trickles its headers', ({ res }) => void res.socket?.write('HTTP/1.1 200 OK\r\nx-a: ')],
    [
      'has endless headers',
      ({ res }) => void res.socket?.write(`HTTP/1.1 200 OK\r\nx-a: ${'y'.repeat(1e6)}`),
    ],
    [
      'promises to go on for ever',
      ({ res }) => void res.socket?.write('HTTP/1.1 100 Continue\r\n\r\n'.repeat(1_000)),
    ],
    [
      'changes the protocol',
      ({ res }) =>
        void res.socket?.write(
          'HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n',
        ),
    ],
  ]

  it.each(nonsense)('and %s has said nothing: it is asked again', async (_, behaviour) => {
    kit.sink.behave(behaviour)
    const delivery = kit.open({ timeout: 500 })
    pushItems(delivery, 0, 50)
    await kit.sink.until(() => kit.sink.requests.length === 2)
    expect(delivery.ledger()).toMatchObject({ delivered: 0, queued: 50 })
    kit.sink.behave(accepting)
    await settled(delivery)
    expect(kit.sink.taken.size).toBe(50)
  })
})

describe('a redirect', () => {
  it.each([301, 302, 307, 308])('of %i to the same host is followed, with the body', async (status) => {
    kit.sink.behave((exchange) =>
      exchange.received.path === '/items'
        ? answering(status, { location: '/v2' })(exchange)
        : exchange.accept(),
    )
    const delivery = kit.open()
    pushItems(delivery, 0, 50)
    await settled(delivery)
    expect(kit.sink.taken.size).toBe(50)
    expect(kit.sink.requests.map(({ path }) => path)).toEqual(['/items', '/v2'])
  })

  it('to another host is not followed: what was on its way there is dropped', async () => {
    const other = await startSink()
    try {
      kit.sink.behave(answering(307, { location: other.url }))
      const delivery = kit.open({ headers: { authorization: 'key' } })
      pushItems(delivery, 0, 50)
      await settled(delivery)
      expect(delivery.ledger()).toMatchObject({ delivered: 0, dropped: { redirected: 50 } })
      expect(other.connections).toBe(0)
    } finally {
      await other.close()
    }
  })

  it.each(['http://[', '//', '', 'javascript:alert(1)'])('to %j is not followed', async (location) => {
    kit.sink.behave(answering(308, { location }))
    const delivery = kit.open()
    pushItems(delivery, 0, 5)
    await settled(delivery)
    expect(delivery.ledger().delivered).toBe(0)
    expect(unexplained(delivery.ledger())).toBe(0)
  })

  it('in a circle is followed a few times only', async () => {
    kit.sink.behave(answering(307, { location: '/items' }))
    const delivery = kit.open()
    pushItems(delivery, 0, 5)
    await settled(delivery)
    expect(kit.sink.requests).toHaveLength(4)
    expect(delivery.ledger().dropped).toEqual({ redirected: 5 })
  })
})

describe('a connection', () => {
  it('that was closed while it lay idle is replaced, without a word', async () => {
    // Closes each connection exactly when the next request arrives on it.
    let answered = 0
    const server = createServer((req, res) => {
      if (answered++ === 1) req.socket.resetAndDestroy()
      else req.resume().on('end', () => res.end('{}'))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    try {
      const delivery = kit.open({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        retry: { first: 60_000, longest: 60_000 },
      })
      pushItems(delivery, 0, 10)
      await settled(delivery)
      pushItems(delivery, 10, 20)
      await settled(delivery)
      expect(delivery.ledger()).toMatchObject({ delivered: 20 })
      expect(answered).toBe(3)
    } finally {
      server.close().closeAllConnections()
    }
  })
})
