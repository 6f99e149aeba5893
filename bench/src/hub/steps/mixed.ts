import { quantile } from '../../statistics.ts'
import { METRIC_SENDERS } from '../content/metrics.ts'
import type { LoadPlan } from '../load/plan.ts'
import { storedBy } from '../process/api.ts'
import { startHubProcess } from '../process/hub-process.ts'
import { prepareLoad, runLoad } from '../process/load-process.ts'
import { differenceOf, outcomesOf, unacceptedOf } from './accounting.ts'
import type { Figure, StepContext } from './step.ts'

const ITEMS = 100
const EVENT_REQUESTS = 100
const METRIC_REQUESTS = 200
const HOUR_MS = 3_600_000
const WARM_UP_SECONDS = 2

/**
 * 10,000 spans, 10,000 log records and 20,000 points per second, 100 in a request.
 *
 * @param hoursAgo Where their times begin. Later loads on a hub are later
 */
export function mixedLoad(url: string, seconds: number, hoursAgo: number): LoadPlan {
  const from = Date.now() - hoursAgo * HOUR_MS
  const stream = { items: ITEMS, connections: METRIC_SENDERS, gzip: true }
  const events = { ...stream, perSecond: EVENT_REQUESTS, requests: Math.ceil(EVENT_REQUESTS * seconds) }
  return {
    url,
    seconds,
    streams: [
      { ...events, signal: 'traces', timeline: { seed: hoursAgo, from, stepMs: 1 } },
      { ...events, signal: 'logs', timeline: { seed: hoursAgo, from, stepMs: 1 } },
      {
        ...stream,
        signal: 'metrics',
        perSecond: METRIC_REQUESTS,
        requests: Math.ceil(METRIC_REQUESTS * seconds),
        timeline: { seed: hoursAgo, from, stepMs: 1_000 },
      },
    ],
  }
}

/** All signals together, for as long as the load takes: nothing is lost, and answers come soon. */
export async function measureMixed({ seconds, folder, profiles, say }: StepContext): Promise<Figure[]> {
  const hub = await startHubProcess(folder(), profiles)
  try {
    say('mixed: warm-up')
    const warmUp = await runLoad(mixedLoad(hub.url, WARM_UP_SECONDS, 2))
    const load = await prepareLoad(mixedLoad(hub.url, seconds, 1))
    say(`mixed: ${seconds} seconds`)
    const cpuBefore = hub.cpuMs()
    const reports = await load.run()
    const cores = (hub.cpuMs() - cpuBefore) / 1e3 / Math.max(...reports.map((report) => report.seconds))
    const rss = hub.peakRss()
    const stored = await storedBy(hub.url)
    const lost = unacceptedOf(reports) + differenceOf([...warmUp, ...reports], stored)
    const latencies = reports.flatMap((report) => report.latencies)
    const bySignal = reports
      .map((report) => `${report.signal} ${quantile(report.latencies, 0.99).toFixed(0)} ms`)
      .join(', ')
    await hub.close()
    return [
      { target: 'mixed-lost', value: lost, note: outcomesOf(reports) },
      {
        target: 'mixed-ack',
        value: quantile(latencies, 0.99),
        note: `p50 ${quantile(latencies, 0.5).toFixed(0)} ms, p99 of ${bySignal}, ${cores.toFixed(2)} cores`,
      },
      { target: 'mixed-rss', value: rss / 1e6 },
    ]
  } finally {
    await hub.kill()
  }
}
