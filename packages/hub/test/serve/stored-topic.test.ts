import { expect, jest, test } from '@jest/globals'

import type { StoredCount } from '../../src/ingest/protocol.ts'
import { createStoredTopic } from '../../src/serve/stored-topic.ts'

/** A stream that a page reads, and the frames that it would get. */
function topic(isRead = true) {
  jest.useFakeTimers()
  const published: unknown[] = []
  const tell = createStoredTopic({
    publish: (name, item) => void published.push([name, structuredClone(item)]),
    topics: () => (isRead ? ['stored'] : ['other']),
    onChange: () => undefined,
    open: () => undefined,
    close: () => undefined,
  })
  return { tell, taken: () => published.splice(0) }
}

const spans = (job: string, items: number): StoredCount => ({ signal: 'traces', job, items, aheadMs: 0 })

test('what is stored first is told at once, and sums of what follows 4 times a second', () => {
  const { tell, taken } = topic()
  tell([spans('shop', 1)])
  expect(taken()).toEqual([['stored', { signal: 'traces', job: 'shop', items: 1 }]])
  for (let request = 0; request < 1_000; request++)
    tell([spans('shop', 2), spans('cart', 1), { signal: 'metrics', job: 'shop', items: 3 }])
  expect(taken()).toEqual([])
  jest.advanceTimersByTime(250)
  expect(taken()).toEqual([
    ['stored', { signal: 'traces', job: 'shop', items: 2_000 }],
    ['stored', { signal: 'traces', job: 'cart', items: 1_000 }],
    ['stored', { signal: 'metrics', job: 'shop', items: 3_000 }],
  ])
  jest.advanceTimersByTime(1_000)
  tell([spans('shop', 5)])
  expect(taken()).toEqual([['stored', { signal: 'traces', job: 'shop', items: 5 }]])
  jest.useRealTimers()
})

test('nothing is kept where no page reads it', () => {
  const { tell, taken } = topic(false)
  tell([spans('shop', 1)])
  jest.advanceTimersByTime(1_000)
  expect(taken()).toEqual([])
  jest.useRealTimers()
})
