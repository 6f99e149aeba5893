// The sink of an outage, in a process of its own, so that it can be stopped. Its parent says how it is to be.
import { accepting, answering, type Behaviour, silent, startSink } from '../sink.ts'

/** How the sink may be. */
export type SinkMode = 'well' | 'refused' | 'silent' | 'busy' | 'limited'

/** What the sink tells its parent. */
export interface SinkReport {
  readonly url: string
  /** How many items have come, and how often one came again. */
  readonly items: number
  readonly duplicates: number
  /** Milliseconds since the epoch: when the last item came that had been made before the last recovery. */
  readonly lastLateAt: number
}

const BEHAVIOURS: Readonly<Record<Exclude<SinkMode, 'refused'>, Behaviour>> = {
  well: accepting,
  silent,
  busy: answering(503, { 'retry-after': '15' }),
  limited: answering(429),
}

const sink = await startSink()
let mode: SinkMode = 'well'
let wellSince = Date.now()
let lastLateAt = 0

async function become(next: SinkMode): Promise<void> {
  if (next === 'well') wellSince = Date.now()
  if (next !== 'refused') {
    const behaviour = BEHAVIOURS[next]
    sink.behave((exchange) => {
      behaviour(exchange)
      const { items } = exchange.received
      if (next === 'well' && items.some(({ at = 0 }) => at < wellSince)) lastLateAt = Date.now()
      sink.forget()
    })
  }
  if (next === 'refused') await sink.refuse()
  else if (mode === 'refused') await sink.reopen()
  mode = next
}

function report(): void {
  let duplicates = 0
  for (const times of sink.taken.values()) duplicates += times - 1
  process.send?.({ url: sink.url, items: sink.taken.size, duplicates, lastLateAt } satisfies SinkReport)
}

await become('well')
report()
process.on('message', (next: SinkMode | 'report') => {
  if (next === 'report') report()
  else void become(next).then(report)
})
process.on('disconnect', () => process.exit())
