import { AsyncLocalStorage } from 'node:async_hooks'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { EventEmitter, once } from 'node:events'

import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals'

import { createDeliveries, type Delivery, type DeliveryOptions } from '../src/index.ts'
import { droppedOf, itemText, type Kit, lines, pushItems, startKit, unexplained } from './kit.ts'
import { accepting, answering, forgetful, silent } from './sink.ts'

let kit: Kit
beforeEach(async () => {
  kit = await startKit()
})
afterEach(() => kit.close())

/** Resolves when every item is delivered or dropped. */
async function settled(delivery: Delivery): Promise<void> {
  while (delivery.ledger().queued > 0) await delivery.flush(10_000)
}

describe('a delivery', () => {
  it('sends what comes within a moment in one request, compressed', async () => {
    const delivery = kit.open({ headers: { 'x-key': 'abc' } })
    pushItems(delivery, 0, 100)
    await kit.sink.until(() => kit.sink.taken.size === 100)
    expect(kit.sink.requests).toHaveLength(1)
    expect(kit.sink.requests[0]?.headers).toMatchObject({
      'content-type': 'application/x-ndjson',
      'content-encoding': 'gzip',
      'x-key': 'abc',
    })
  })

  it('leaves small bodies as they are', async () => {
    const delivery = kit.open()
    pushItems(delivery, 0, 2)
    await kit.sink.until(() => kit.sink.taken.size === 2)
    expect(kit.sink.requests[0]?.headers).not.toHaveProperty('content-encoding')
  })

  it('takes bytes as well as texts, and keeps its own copy of them', async () => {
    const delivery = kit.open()
    const bytes = new TextEncoder().encode(itemText(1, 100))
    delivery.push(bytes)
    bytes.fill(0)
    delivery.push('{"id":2,"text":"ä€𝄞"}')
    await kit.sink.until(() => kit.sink.taken.size === 2)
    expect(kit.sink.requests[0]?.items[1]).toEqual({ id: 2, text: 'ä€𝄞' })
  })

  it('never sends more in one request than it may, by bytes or by number', async () => {
    const delivery = kit.open({ batch: { age: 10, bytes: 20_000, items: 150 } })
    pushItems(delivery, 0, 1_000, 100)
    pushItems(delivery, 1_000, 1_100, 1_500)
    await settled(delivery)
    expect(kit.sink.taken.size).toBe(1_100)
    expect(Math.max(...kit.sink.requests.map(({ items }) => items.length))).toBeLessThanOrEqual(150)
    expect(Math.max(...kit.sink.requests.map(({ bytes }) => bytes))).toBeLessThanOrEqual(20_000 + 150)
  })

  it('uses one connection again and again', async () => {
    const delivery = kit.open({ requests: 1 })
    for (let i = 0; i < 5; i++) {
      pushItems(delivery, i, i + 1)
      await kit.sink.until(() => kit.sink.taken.size === i + 1)
    }
    expect(kit.sink.requests).toHaveLength(5)
    expect(kit.sink.connections).toBe(1)
  })

  it('has no more requests under way than it may', async () => {
    const held: Array<() => void> = []
    kit.sink.behave(({ accept }) => held.push(accept))
    const delivery = kit.open({ batch: { age: 10, items: 10 }, requests: 3 })
    pushItems(delivery, 0, 100)
    await kit.sink.until(() => held.length === 3)
    expect(delivery.ledger()).toMatchObject({ delivered: 0, queued: 100 })
    kit.sink.behave(accepting)
    for (const accept of held) accept()
    await settled(delivery)
    expect(kit.sink.taken.size).toBe(100)
  })

  it('counts for how many each item stands, and the sum is right at every moment', async () => {
    const delivery = kit.open()
    for (let id = 0; id < 50; id++) {
      delivery.push(itemText(id, 100), { count: 7 })
      expect(unexplained(delivery.ledger())).toBe(0)
    }
    await settled(delivery)
    expect(delivery.ledger()).toMatchObject({ produced: 350, delivered: 350, queued: 0, dropped: {} })
    expect(delivery.ledger().queuedBytes).toBe(0)
  })

  it('accounts for what was delivered and what was dropped, by reason', async () => {
    const delivery = kit.open()
    pushItems(delivery, 0, 10)
    await settled(delivery)
    kit.sink.behave(answering(400))
    pushItems(delivery, 10, 13)
    await settled(delivery)
    expect(delivery.ledger()).toEqual({
      destination: 'test',
      signal: 'items',
      produced: 13,
      delivered: 10,
      dropped: { http_400: 3 },
      queued: 0,
      queuedBytes: 0,
    })
  })

  it('says what the destination says of a refusal', async () => {
    const delivery = kit.open({ explain: ({ status }) => `no tenant, with ${status}` })
    kit.sink.behave(answering(401))
    pushItems(delivery, 0, 3)
    await settled(delivery)
    expect(delivery.ledger().dropped).toEqual({ http_401: 3 })
    expect(kit.messages).toEqual([
      'warn sightline: test items are being lost: http_401 (no tenant, with 401)',
    ])
  })

  it('sends what belongs to each request, whatever way it was written', async () => {
    const url = kit.sink.url.replace('//', '//me:p%40ss@').replace('/items', '/items?kind=a%20b')
    const delivery = kit.open({ url, headers: { 'User-Agent': 'mine', 'X-Scope': 'café' } })
    pushItems(delivery, 0, 1)
    await settled(delivery)
    const [{ headers, path } = { headers: {}, path: '' }] = kit.sink.requests
    expect(path).toBe('/items?kind=a%20b')
    expect(headers).toEqual({
      host: new URL(url).host,
      authorization: `Basic ${btoa('me:p@ss')}`,
      'user-agent': 'mine',
      'x-scope': 'café',
      'content-type': 'application/x-ndjson',
      'content-length': String(kit.sink.requests[0]?.bytes),
    })
  })

  it('sends outside of the request that happened to begin it, and past those who watch http', async () => {
    const storage = new AsyncLocalStorage<string>()
    const contexts: Array<string | undefined> = []
    const look = () => void contexts.push(storage.getStore())
    const watched = jest.fn()
    const deliveries = createDeliveries({
      log: () => undefined,
      fault: () => undefined,
      quietly: (fn) => storage.run('quiet', fn),
    })
    subscribe('net.client.socket', look)
    subscribe('http.client.request.created', watched)
    try {
      const delivery = deliveries.open({
        destination: 'test',
        signal: 'items',
        url: kit.sink.url,
        type: 'application/x-ndjson',
        encode: lines,
        batch: { age: 10 },
      })
      storage.run('a request', () => pushItems(delivery, 0, 1))
      await kit.sink.until(() => kit.sink.taken.size === 1)
      expect(contexts).toEqual(['quiet'])
      expect(watched).not.toHaveBeenCalled()
    } finally {
      unsubscribe('net.client.socket', look)
      unsubscribe('http.client.request.created', watched)
      await deliveries.close(0)
    }
  })

  it('gives up what cannot be encoded, and says whose fault it is', async () => {
    const delivery = kit.open({
      encode: () => {
        throw new Error('no idea how')
      },
    })
    pushItems(delivery, 0, 3)
    await settled(delivery)
    expect(delivery.ledger().dropped).toEqual({ not_encodable: 3 })
    expect(kit.faults).toEqual(['encoding for test: Error: no idea how'])
  })

  it.each([
    ['url', { url: 'ftp://user:secret@host' }, 'must begin with http:// or https://'],
    ['maxBytes', { maxBytes: 10 }, 'maxBytes of a delivery is 10'],
    ['batch', { batch: { age: Number.NaN } }, 'batch.age of a delivery is NaN'],
    [
      'a misspelt option',
      { maxByte: 1 },
      'option maxByte of a delivery does not exist: there are destination, signal, url',
    ],
    [
      'a misspelt option of a group',
      { batch: { bite: 1 } },
      'option batch.bite of a delivery does not exist: there are bytes, items, age',
    ],
    ['a group', { retry: 5 }, 'option retry of a delivery must be an object'],
    ['spool', { spool: { directory: '' } }, 'spool.directory of a delivery is "", but must be a text'],
    ['compress', { compress: 'gzip' }, 'compress of a delivery is "gzip", but must be true or false'],
    ['headers', { headers: { 'x-key': 'a\nb' } }, 'Invalid character in header content ["x-key"]'],
  ])('refuses a wrong %s at once, and shows no password', (_, options, message) => {
    const open = () => kit.open(options as Partial<DeliveryOptions>)
    expect(open).toThrow(message)
    expect(open).not.toThrow('secret')
  })
})

describe('an outage', () => {
  /** Produces items throughout, starts and ends the outage, and checks that everything arrives. */
  async function through(
    delivery: Delivery,
    begin: () => unknown,
    end: () => unknown,
    failures: () => boolean,
  ) {
    let id = 0
    const produced = new EventEmitter()
    const producer = setInterval(() => {
      pushItems(delivery, id, (id += 5))
      produced.emit('more')
    }, 5)
    await kit.sink.until(() => kit.sink.taken.size > 50)
    await begin()
    const enough = id + 100
    for (let isOver = false; !isOver; isOver = id >= enough && failures()) await once(produced, 'more')
    expect(unexplained(delivery.ledger())).toBe(0)
    await end()
    clearInterval(producer)
    await settled(delivery)
    expect([...kit.sink.taken.keys()].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: id }, (_, i) => i),
    )
    expect(delivery.ledger()).toMatchObject({ produced: id, delivered: id, dropped: {}, queued: 0 })
    return [...kit.sink.taken.values()].filter((times) => times > 1).length
  }

  it('loses nothing and doubles nothing where the port is closed', async () => {
    const duplicates = await through(
      kit.open(),
      () => kit.sink.refuse(),
      () => kit.sink.reopen(),
      () => kit.messages.length > 0,
    )
    expect(duplicates).toBe(0)
  })

  it.each([
    ['nobody answers', silent],
    ['it answers 429', answering(429)],
    ['it answers 502', answering(502, {}, '<html>')],
    ['it answers 503', answering(503, { 'retry-after': '0' })],
    ['it answers 504', answering(504)],
    [
      'it hangs up',
      ({ req }: { req: { socket: { destroy(): unknown } } }) => {
        req.socket.destroy()
      },
    ],
    [
      'it talks another language',
      ({ res }: { res: { socket: { end(text: string): unknown } | null } }) => {
        res.socket?.end('220 smtp.example ESMTP\r\n')
      },
    ],
  ])('loses nothing and doubles nothing where %s', async (_, behaviour) => {
    const duplicates = await through(
      kit.open({ timeout: behaviour === silent ? 300 : 5_000 }),
      () => kit.sink.behave(behaviour),
      () => kit.sink.behave(accepting),
      () => kit.messages.length > 0,
    )
    expect(duplicates).toBe(0)
  })

  it('loses nothing where it comes and goes', async () => {
    let turn = 0
    const duplicates = await through(
      kit.open(),
      () => kit.sink.behave((exchange) => (turn++ % 3 === 0 ? exchange.accept() : answering(503)(exchange))),
      () => kit.sink.behave(accepting),
      () => turn > 12,
    )
    expect(duplicates).toBe(0)
  })

  it('delivers again what was taken where the answer was lost, and only that', async () => {
    let lost = 0
    const duplicates = await through(
      kit.open(),
      () =>
        kit.sink.behave((exchange) => {
          lost += exchange.received.items.length
          forgetful(exchange)
        }),
      () => kit.sink.behave(accepting),
      () => kit.messages.length > 0,
    )
    expect(duplicates).toBeGreaterThan(0)
    expect(duplicates).toBeLessThanOrEqual(lost)
  })

  it('is announced once', async () => {
    await through(
      kit.open(),
      () => kit.sink.refuse(),
      () => kit.sink.reopen(),
      () => kit.messages.length > 0,
    )
    expect(kit.messages).toHaveLength(1)
    expect(kit.messages[0]).toContain(`warn sightline: test items cannot be delivered to ${kit.sink.url}: `)
    expect(kit.messages[0]).toContain('ECONNREFUSED')
  })

  it('keeps what the memory takes, drops the oldest ordinary items, and accounts for each of them', async () => {
    await kit.sink.refuse()
    const maxBytes = 256 * 1_024
    const delivery = kit.open({ maxBytes })
    pushItems(delivery, 0, 100, 500, true)
    for (let id = 100; id < 5_000; id += 100) {
      pushItems(delivery, id, id + 100, 500)
      expect(delivery.ledger().queuedBytes).toBeLessThanOrEqual(maxBytes)
      expect(unexplained(delivery.ledger())).toBe(0)
    }
    const { queued, dropped } = delivery.ledger()
    expect(queued).toBeGreaterThan(200)
    await kit.sink.reopen()
    await settled(delivery)
    const taken = [...kit.sink.taken.keys()].toSorted((a, b) => a - b)
    const newest = Array.from({ length: queued - 100 }, (_, i) => 5_000 - queued + 100 + i)
    expect(taken).toEqual([...Array.from({ length: 100 }, (_, i) => i), ...newest])
    expect(delivery.ledger()).toMatchObject({ delivered: queued, dropped })
    expect(kit.messages.filter((message) => message.includes('are being lost: overflow'))).toHaveLength(1)
  })

  it('drops valuable items too where there is nothing else, and never for the sake of an ordinary one', async () => {
    await kit.sink.refuse()
    const delivery = kit.open({ maxBytes: 64 * 1_024 })
    pushItems(delivery, 0, 1_000, 500, true)
    pushItems(delivery, 1_000, 1_100, 500)
    const { queued } = delivery.ledger()
    await kit.sink.reopen()
    await settled(delivery)
    const taken = [...kit.sink.taken.keys()].toSorted((a, b) => a - b)
    expect(taken.filter((id) => id < 1_000)).toEqual(
      Array.from({ length: taken.filter((id) => id < 1_000).length }, (_, i) => 1_000 - queued + i),
    )
    expect(droppedOf(delivery.ledger())).toBe(1_100 - queued)
  })
})
