import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

import type { Timeline } from '../content/body.ts'
import { METRIC_SENDERS } from '../content/metrics.ts'
import type { StreamPlan } from '../load/plan.ts'
import { storedBy } from '../process/api.ts'
import { startHubProcess } from '../process/hub-process.ts'
import { runLoad } from '../process/load-process.ts'
import { differenceOf, surprisesOf } from './accounting.ts'
import type { StepContext } from './step.ts'

/** The data that is queried: spans and log records of a day, metrics of the last two hours. */
export interface QueriedData {
  readonly folder: string
  readonly spans: number
  readonly logs: number
  /** Milliseconds since 1970: the end of the data. */
  readonly end: number
}

export const DATA_SEED = 7
export const DAY_MS = 86_400_000
export const METRICS_MS = 2 * 3_600_000
const ITEMS = 512
const CONNECTIONS = 8
const INTERVAL_MS = 30_000
/** Long enough for any amount. */
const WEEK_SECONDS = 604_800

/**
 * Makes the data with a hub, in the order of its time, or finds it in the folder that keeps it.
 *
 * @throws {Error} for a folder with other content
 */
export async function queriedData(context: StepContext): Promise<QueriedData> {
  const { data, spans, logs, say } = context
  const folder = data ?? context.folder()
  const found = foundIn(folder)
  if (found !== undefined) {
    if (found.spans !== spans || found.logs !== logs)
      throw new Error(`${folder} has the data of ${found.spans} spans and ${found.logs} log records`)
    return { folder, ...found }
  }
  const end = Date.now()
  const about = { spans, logs, end }
  const hub = await startHubProcess(join(folder, 'hub'))
  try {
    const begun = performance.now()
    say(`data: ${spans.toLocaleString('en')} spans, ${logs.toLocaleString('en')} log records, and metrics`)
    const reports = await runLoad({ url: hub.url, seconds: WEEK_SECONDS, streams: streamsOf(about) })
    const lost = differenceOf(reports, await storedBy(hub.url))
    if (lost > 0 || surprisesOf(reports, ['200']) > 0) throw new Error(`The hub has not stored ${lost} items`)
    await hub.close()
    say(`data: made in ${((performance.now() - begun) / 1_000).toFixed(0)} seconds`)
  } finally {
    await hub.kill()
  }
  writeFileSync(join(folder, 'content.json'), JSON.stringify(about))
  return { folder, ...about }
}

function foundIn(folder: string): Omit<QueriedData, 'folder'> | undefined {
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'content.json')
  // Written below.
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Omit<QueriedData, 'folder'>
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is neither empty nor the data of a run`)
  return undefined
}

/** Spans and log records end together, since all are sent in the order of their time. */
function streamsOf({ spans, logs, end }: Omit<QueriedData, 'folder'>): StreamPlan[] {
  const stream = { items: ITEMS, connections: CONNECTIONS, gzip: false, late: true }
  return [
    { ...stream, signal: 'traces', requests: requestsOf(spans), timeline: tracesOf(spans, end) },
    { ...stream, signal: 'logs', requests: requestsOf(logs), timeline: recordsOf(logs, end) },
    {
      ...stream,
      signal: 'metrics',
      requests: (METRICS_MS / INTERVAL_MS) * METRIC_SENDERS,
      timeline: { seed: DATA_SEED, from: end - METRICS_MS, stepMs: INTERVAL_MS },
    },
  ]
}

/** Requests come in pairs. */
function requestsOf(items: number): number {
  return Math.max(2, Math.round(items / ITEMS / 2) * 2)
}

/** Traces that a request has a half of. */
const TRACES_OF_PAIR = ITEMS / 2

/** Number of traces that are stored. */
export function tracesIn(spans: number): number {
  return (requestsOf(spans) / 2) * TRACES_OF_PAIR
}

/** Number of log records that are stored. */
export function recordsIn(logs: number): number {
  return requestsOf(logs) * ITEMS
}

function tracesOf(spans: number, end: number): Timeline {
  return { seed: DATA_SEED, from: end - DAY_MS, stepMs: DAY_MS / tracesIn(spans) }
}

function recordsOf(logs: number, end: number): Timeline {
  return { seed: DATA_SEED, from: end - DAY_MS, stepMs: DAY_MS / recordsIn(logs) }
}
