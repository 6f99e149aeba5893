import { setTimeout as delay } from 'node:timers/promises'

import { createSpanBodies } from '../content/spans.ts'
import type { StreamPlan } from '../load/plan.ts'
import { createSender } from '../load/post.ts'
import { storedBy } from '../process/api.ts'
import { startHubProcess } from '../process/hub-process.ts'
import { prepareLoad } from '../process/load-process.ts'
import { differenceOf, outcomesOf, surprisesOf } from './accounting.ts'
import type { Figure, StepContext } from './step.ts'

const ITEMS = 512
const TIMES_TOO_MUCH = 5
/** Spans and log records per second of the machine of the targets. */
const RATE = 60_000
const DIFFERENT_REQUESTS = 200
/** Number of requests in flight at which the hub refuses. */
const CONNECTIONS = 4_000
const PROBE_MS = 100
/** A hub that answers a small request in this time has recovered, in milliseconds. */
const RECOVERED_MS = 250

/** Sends five times the load that the hub has to take, half spans and half log records. */
export async function measureOverload({
  seconds,
  scale,
  folder,
  profiles,
  say,
}: StepContext): Promise<Figure[]> {
  const hub = await startHubProcess(folder(), profiles)
  try {
    const now = Date.now()
    const stream: Omit<StreamPlan, 'signal'> = {
      items: ITEMS,
      requests: DIFFERENT_REQUESTS,
      connections: CONNECTIONS,
      gzip: true,
      perSecond: (RATE * TIMES_TOO_MUCH) / 2 / scale / ITEMS,
      timeline: { seed: 1, from: now - 3_600_000, stepMs: 1 },
    }
    const load = await prepareLoad({
      url: hub.url,
      seconds,
      streams: [
        { ...stream, signal: 'traces' },
        { ...stream, signal: 'logs' },
      ],
    })
    say(`overload: ${seconds} seconds`)
    const running = load.run()
    await delay(seconds * 1_000)
    const recovery = await recoveryMs(hub.url, RECOVERED_MS * scale)
    const reports = await running
    const stored = await storedBy(hub.url)
    const extra = recovery.spans
    const rss = hub.peakRss()
    await hub.close()
    return [
      {
        target: 'overload-answers',
        value: surprisesOf(reports, ['200', '429', '503']),
        note: outcomesOf(reports),
      },
      {
        target: 'overload-difference',
        value: differenceOf(reports, { ...stored, traces: stored.traces - extra }),
        note: `${(stored.traces + stored.logs).toLocaleString('en')} stored`,
      },
      { target: 'overload-recovery', value: recovery.ms, note: `RSS ${(rss / 1e6).toFixed(0)} MB` },
    ]
  } finally {
    await hub.kill()
  }
}

/** The time until a small request is answered soon, and the spans of the probes that were stored. */
async function recoveryMs(
  url: string,
  soonMs: number,
): Promise<{ readonly ms: number; readonly spans: number }> {
  const timeline = { seed: 4, from: Date.now(), stepMs: 1 }
  const bodyAt = createSpanBodies(timeline, 4)
  const sender = createSender(url, { signal: 'traces', gzip: false })
  const begun = performance.now()
  let spans = 0
  for (let probe = 0; ; probe++) {
    const [body, sent] = [bodyAt(probe), performance.now()]
    const { code } = await sender.send(body)
    if (code === '200') spans += body.items
    const answered = performance.now()
    if (code === '200' && answered - sent <= soonMs) {
      sender.close()
      return { ms: answered - begun, spans }
    }
    await delay(PROBE_MS)
  }
}
