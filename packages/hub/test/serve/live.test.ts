import { get, type IncomingMessage } from 'node:http'

import { afterEach, expect, test } from '@jest/globals'

import { ask, startEdge } from '../edge/edge.ts'

interface Frame {
  readonly topic: string
  readonly dropped: number
  readonly items: unknown[]
}

const streams: IncomingMessage[] = []
afterEach(() => {
  for (const stream of streams.splice(0)) stream.destroy()
})

/** Opens a stream. `next()` resolves to its next frame. */
async function listen(port: number, topics: readonly string[]) {
  const path = `/api/live?${topics.map((topic) => `topic=${topic}`).join('&')}`
  const response = await new Promise<IncomingMessage>((resolve) =>
    get({ host: '127.0.0.1', port, path, agent: false }, resolve),
  )
  streams.push(response)
  response.on('error', () => undefined)
  const frames = framesOf(response)
  return { response, next: async (): Promise<Frame> => (await frames.next()).value as Frame }
}

async function* framesOf(response: IncomingMessage): AsyncGenerator<Frame> {
  let text = ''
  for await (const piece of response.setEncoding('utf8')) {
    text += piece
    const messages = text.split('\n\n')
    text = messages.pop() ?? ''
    for (const message of messages) {
      const [, topic, data] = /^event: (.+)\ndata: (.+)$/.exec(message) ?? []
      if (topic !== undefined && data !== undefined)
        yield { topic, ...(JSON.parse(data) as Omit<Frame, 'topic'>) }
    }
  }
}

test('a page gets the items of its topics, and no others', async () => {
  const { port, live } = await startEdge()
  const page = await listen(port, ['logs', 'errors:shop'])
  expect(page.response.headers).toMatchObject({
    'content-type': 'text/event-stream',
    'cache-control': 'no-store',
  })
  expect(live.topics()).toEqual(['logs', 'errors:shop'])
  live.publish('traces', 0)
  live.publish('logs', { text: 'a\n\ndata: b' })
  live.publish('logs', 2)
  expect(await page.next()).toEqual({ topic: 'logs', dropped: 0, items: [{ text: 'a\n\ndata: b' }, 2] })
  live.publish('errors:shop', null)
  expect(await page.next()).toEqual({ topic: 'errors:shop', dropped: 0, items: [null] })
})

test('items that follow within the interval wait for one frame', async () => {
  const { port, live } = await startEdge()
  const page = await listen(port, ['logs'])
  live.publish('logs', 0)
  expect(await page.next()).toMatchObject({ items: [0] })
  for (let item = 1; item <= 100; item++) {
    live.publish('logs', item)
    if (item % 10 === 0) await new Promise(setImmediate)
  }
  expect(await page.next()).toMatchObject({
    dropped: 0,
    items: Array.from({ length: 100 }, (_, index) => index + 1),
  })
})

test('a frame holds the newest items, and says how many were dropped', async () => {
  const { port, live } = await startEdge({ live: { frameItems: 3 } })
  const page = await listen(port, ['logs'])
  for (let item = 0; item < 10; item++) live.publish('logs', item)
  expect(await page.next()).toEqual({ topic: 'logs', dropped: 7, items: [7, 8, 9] })
  live.publish('logs', 10)
  expect(await page.next()).toEqual({ topic: 'logs', dropped: 0, items: [10] })
})

test('a slow reader misses frames, and is told how many items', async () => {
  const { port, live } = await startEdge({ live: { frameMs: 1, frameItems: 1, readerBytes: 100_000 } })
  const slow = await listen(port, ['logs'])
  const quick = await listen(port, ['logs'])
  slow.response.pause()
  const text = 'x'.repeat(1_000_000)
  let sent = 0
  for (; sent < 50; sent++) {
    live.publish('logs', text)
    expect(await quick.next()).toMatchObject({ dropped: 0 })
  }
  let received = 0
  let dropped = 0
  slow.response.resume()
  live.publish('logs', 'end')
  while (received + dropped < sent + 1) {
    const frame = await slow.next()
    received += frame.items.length
    dropped += frame.dropped
    if (received + dropped < sent + 1 && slow.response.readableLength === 0) {
      live.publish('logs', 'more')
      sent++
    }
  }
  expect(dropped).toBeGreaterThan(0)
  expect(received + dropped).toBe(sent + 1)
})

test('a topic ends with its last reader', async () => {
  const { port, live } = await startEdge()
  const changes: Array<readonly string[]> = []
  const { promise, resolve } = Promise.withResolvers<void>()
  live.onChange(() => {
    changes.push(live.topics())
    if (live.topics().length === 0) resolve()
  })
  const page = await listen(port, ['logs'])
  const other = await listen(port, ['logs'])
  page.response.destroy()
  other.response.destroy()
  await promise
  expect(changes).toEqual([['logs'], []])
})

test('wrong topics get 400', async () => {
  const { port } = await startEdge()
  const many = Array.from({ length: 21 }, (_, index) => `topic=t${index}`).join('&')
  for (const query of ['', '?topic=', '?topic=a%0Ab', `?topic=${'a'.repeat(201)}`, `?${many}`])
    expect(await ask(port, `/api/live${query}`)).toMatchObject({ status: 400 })
})

test('at most 100 pages are open at once', async () => {
  const { port } = await startEdge()
  for (let index = 0; index < 100; index++) await listen(port, ['a'])
  expect(await ask(port, '/api/live?topic=a')).toMatchObject({ status: 503, headers: { 'retry-after': '5' } })
})
