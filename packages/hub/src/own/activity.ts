import type { Signal } from '../ingest/ingest.ts'
import type { StoredCount } from '../ingest/protocol.ts'
import { Latest } from './latest.ts'
import { Peak, Rate } from './rates.ts'

/** What a service has sent. Items per second over the last minute. */
export interface ServiceActivity {
  readonly name: string
  readonly spans: number
  readonly logs: number
  /** Points of metrics, and scraped samples. */
  readonly points: number
  /** How far its clock is ahead of the hub's. `null` for a service that has sent nothing for minutes, or is scraped. */
  readonly clockSkewSeconds: number | null
  /** When something of it was stored last, in milliseconds since 1970. */
  readonly lastSeen: number
}

/** Seconds, of the last 5 minutes. */
type RecentDurations = Readonly<Record<'p50' | 'p95', number | null>>

/** What the hub has done in the last minutes. */
export interface Activity {
  stored(counts: readonly StoredCount[]): void
  /** An export request was stored after this time. */
  answered(signal: Signal, seconds: number): void
  /** A request of an API was answered after this time. */
  queried(seconds: number): void
  /** The services that have sent something since the start of the hub. */
  services(): readonly ServiceActivity[]
  durations(): Readonly<Record<Signal | 'queries', RecentDurations>>
}

/** Most services: their names are the senders'. The one that was seen longest ago is forgotten. */
const MOST_SERVICES = 1_000

interface Service {
  readonly rates: Readonly<Record<Signal, Rate>>
  readonly ahead: Peak
  lastSeen: number
}

export function createActivity(now: () => number = Date.now): Activity {
  const begun = now()
  const services = new Map<string, Service>()
  const durations = { traces: new Latest(), metrics: new Latest(), logs: new Latest(), queries: new Latest() }

  function serviceOf(job: string): Service {
    const found = services.get(job)
    // The first of the map is the one that was seen longest ago.
    services.delete(job)
    const rates = () => ({ traces: new Rate(), metrics: new Rate(), logs: new Rate() })
    const service = found ?? { rates: rates(), ahead: new Peak(), lastSeen: 0 }
    services.set(job, service)
    const [oldest] = services.keys()
    if (services.size > MOST_SERVICES && oldest !== undefined) services.delete(oldest)
    return service
  }

  return {
    stored(counts) {
      const time = now()
      for (const { signal, job, items, aheadMs } of counts) {
        const service = serviceOf(job)
        service.rates[signal].add(time, items)
        if (aheadMs !== undefined) service.ahead.add(time, aheadMs)
        service.lastSeen = time
      }
    },
    answered: (signal, seconds) => durations[signal].add(now(), seconds),
    queried: (seconds) => durations.queries.add(now(), seconds),
    services() {
      const time = now()
      return Array.from(services, ([name, { rates, ahead, lastSeen }]) => {
        const aheadMs = ahead.at(time)
        return {
          name,
          spans: rates.traces.perSecond(time, time - begun),
          logs: rates.logs.perSecond(time, time - begun),
          points: rates.metrics.perSecond(time, time - begun),
          clockSkewSeconds: aheadMs === undefined ? null : aheadMs / 1_000,
          lastSeen,
        }
      })
    },
    durations() {
      const time = now()
      return {
        traces: durations.traces.quantiles(time),
        metrics: durations.metrics.quantiles(time),
        logs: durations.logs.quantiles(time),
        queries: durations.queries.quantiles(time),
      }
    },
  }
}
