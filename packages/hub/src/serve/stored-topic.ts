import type { StoredCount } from '../ingest/protocol.ts'
import type { Live } from './live.ts'

/** The topic of what was stored. Its items are sums by signal and job since the frame before: `{ signal, job, items }`. */
const TOPIC = 'stored'
const FRAME_MS = 250

/** Creates a function that tells pages what was stored, at most 4 times a second for each signal and job. */
export function createStoredTopic(live: Live): (counts: readonly StoredCount[]) => void {
  const sums = new Map<string, { readonly signal: string; readonly job: string; items: number }>()
  let timer: NodeJS.Timeout | undefined

  function publish(): void {
    timer = undefined
    if (sums.size === 0) return
    for (const sum of sums.values()) live.publish(TOPIC, sum)
    sums.clear()
    timer = setTimeout(publish, FRAME_MS).unref()
  }

  return (counts) => {
    if (counts.length === 0 || !live.topics().includes(TOPIC)) return
    for (const { signal, job, items } of counts) {
      const key = `${signal} ${job}`
      const sum = sums.get(key)
      if (sum === undefined) sums.set(key, { signal, job, items })
      else sum.items += items
    }
    // The first of them go out at once.
    if (timer === undefined) publish()
  }
}
