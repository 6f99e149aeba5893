import { sizeText } from '../text/quantities.ts'

/** The counters of a hub that its status line shows. */
export interface Counts {
  readonly spans: number
  readonly logs: number
  readonly points: number
  readonly services: number
  readonly refused: number
  /** Bytes. `undefined` until the hub has measured them. */
  readonly disk: number | undefined
}

/** Reads the counters in a hub's `/metrics`. */
export function countsOf(metrics: string): Counts {
  const stored = { traces: 0, logs: 0, metrics: 0 }
  const services = new Set<string>()
  let refused = 0
  let disk: number | undefined
  for (const line of metrics.split('\n')) {
    const [, name, labels = '', value = ''] = /^(\w+)(?:\{(.*)\})? (\S+)/.exec(line) ?? []
    switch (name) {
      case 'hub_stored_items_total': {
        const [, signal = ''] = /(?:^|,)signal="(\w+)"/.exec(labels) ?? []
        if (signal === 'traces' || signal === 'logs' || signal === 'metrics') stored[signal] += Number(value)
        const [, job] = /(?:^|,)job="((?:[^"\\]|\\.)*)"/.exec(labels) ?? []
        if (job !== undefined) services.add(job)
        break
      }
      case 'hub_refused_requests_total':
        refused += Number(value)
        break
      case 'hub_disk_bytes':
        disk = (disk ?? 0) + Number(value)
        break
      default:
    }
  }
  return {
    spans: stored.traces,
    logs: stored.logs,
    points: stored.metrics,
    services: services.size,
    refused,
    disk,
  }
}

/** One line about what a hub does: rates since the counts before. */
export function statusText(now: Counts, before: Counts, seconds: number): string {
  const rate = (name: 'spans' | 'logs' | 'points', noun: string) =>
    `${Math.round((now[name] - before[name]) / seconds).toLocaleString('en')} ${noun}/s`
  return [
    `${now.services} service${now.services === 1 ? '' : 's'}`,
    rate('spans', 'spans'),
    rate('logs', 'log records'),
    rate('points', 'points'),
    ...(now.disk === undefined ? [] : [`${sizeText(now.disk)} on disk`]),
    ...(now.refused === 0 ? [] : [`${now.refused.toLocaleString('en')} requests refused`]),
  ].join('  ')
}
