// The sink of an outage, in its own process, so that it can be stopped. Its parent sets the mode.
import { accepting, answering, type Behaviour, silent, startSink } from '../sink.ts'

/** The modes of the sink. */
export type SinkMode = 'well' | 'refused' | 'silent' | 'busy' | 'limited'

/** The message to the parent process. */
export interface SinkReport {
  readonly url: string
  /** Number of items received, and of duplicates. */
  readonly items: number
  readonly duplicates: number
  /** Arrival time of the last item made before the last recovery, in milliseconds since the epoch. */
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
