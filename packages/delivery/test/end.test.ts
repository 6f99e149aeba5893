import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import { unexplained } from './kit.ts'
import { type Order, type Producer, startProducer } from './producer.ts'
import { answering, silent, startSink, type TestSink } from './sink.ts'

/** Longer than a test: an end that waits for an answer does not come. */
const NEVER = 600_000
const SIGNALS = ['traces', 'metrics', 'logs']

let sink: TestSink
let producer: Producer | undefined
beforeEach(async () => {
  sink = await startSink()
})
afterEach(async () => {
  producer?.child.kill('SIGKILL')
  await sink.close()
})

function start(order: Omit<Order, 'url'>): Producer {
  producer = startProducer({ url: sink.url, ...order })
  return producer
}

describe('the end of a process', () => {
  it('that has nothing left to do waits until everything is delivered', async () => {
    const { code, ledgers } = await start({ end: 'alone' }).ended
    expect(code).toBe(0)
    expect(sink.taken.size).toBe(100)
    expect(ledgers).toMatchObject([{ produced: 100, delivered: 100, queued: 0 }])
  })

  it('that closes its deliveries has everything delivered', async () => {
    const { ledgers } = await start({ end: 'close', to: 5_000 }).ended
    expect(sink.taken.size).toBe(5_000)
    expect(ledgers).toMatchObject([{ delivered: 5_000, dropped: {} }])
  })

  it('is not held up by a connection that is kept alive', async () => {
    // The sink closes no connection while the test lasts.
    const { ended } = start({ end: 'alone', options: { batch: { age: 10 } } })
    expect((await ended).code).toBe(0)
    expect(sink.connections).toBe(1)
  })

  it('that comes without warning counts what is lost, and says so', async () => {
    const { ended, messages } = start({ end: 'exit' })
    const { ledgers } = await ended
    expect(ledgers).toMatchObject([{ produced: 100, delivered: 0, queued: 0, dropped: { shutdown: 100 } }])
    expect(messages).toEqual(['sightline: 100 test items were not delivered before the end'])
  })

  const dead: Array<[string, (sink: TestSink) => unknown]> = [
    ['refuses connections', (each) => each.refuse()],
    ['never answers', (each) => each.behave(silent)],
    ['is busy', (each) => each.behave(answering(503))],
    ['wants to be asked in an hour', (each) => each.behave(answering(503, { 'retry-after': '3600' }))],
    ['hangs up', (each) => each.behave(({ req }) => void req.socket.destroy())],
  ]
  describe.each(['alone', 'close'] as const)('(%s)', (end) => {
    it.each(dead)('comes where the destination %s, for all signals', async (_, kill) => {
      await kill(sink)
      const { ended, messages } = start({ end, to: 20_000, signals: SIGNALS, options: { timeout: NEVER } })
      const { code, ledgers } = await ended
      expect(code).toBe(0)
      for (const ledger of ledgers) {
        expect(ledger).toMatchObject({ produced: 20_000, delivered: 0, queued: 0 })
        expect(unexplained(ledger)).toBe(0)
      }
      const lasts = SIGNALS.map(
        (signal) => `sightline: 20000 test ${signal} were not delivered before the end`,
      )
      expect(messages).toEqual(expect.arrayContaining(lasts))
    })
  })
})
