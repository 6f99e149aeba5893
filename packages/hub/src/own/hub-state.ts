import type { SeriesCount } from '../ingest/protocol.ts'
import type { Json } from '../query/views/json.ts'
import type { TargetsData } from '../scrape/scraper.ts'
import type { Activity, ServiceActivity } from './activity.ts'
import type { OwnMetrics } from './own-metrics.ts'

/** What the state of a hub is made of. */
export interface HubStateSources {
  readonly activity: Pick<Activity, 'durations' | 'services'>
  readonly refusals: OwnMetrics['refusals']
  readonly series: () => SeriesCount
  readonly targets: () => TargetsData
  readonly limits: { readonly maxDisk: number; readonly retention: number; readonly seriesPerJob: number }
}

/** The state of what a hub receives, scrapes and answers: a part of the answer of `/api/hub`, see `docs/hub-api.md`. */
export function receivedState({
  activity,
  refusals,
  series,
  targets,
  limits: { maxDisk, retention, seriesPerJob },
}: HubStateSources): Readonly<Record<string, Json>> {
  const counts = series()
  const health = targets().activeTargets.map((target) => target.health)
  const scrapes = { up: 0, down: 0, unknown: 0 }
  for (const each of health) scrapes[each]++
  return {
    services: servicesOf(activity, counts),
    refused: { ...refusals(), lateSamples: counts.outOfOrder },
    durations: activity.durations(),
    scrapes,
    limits: { maxDisk, retention, seriesPerJob },
  }
}

/** All services that send something, or have series, by what they send, the most first. */
function servicesOf(activity: HubStateSources['activity'], { series, overLimit }: SeriesCount) {
  const active = new Map(activity.services().map((service) => [service.name, service]))
  return [...new Set([...active.keys(), ...series.keys()])]
    .map((name) => {
      const { spans = 0, logs = 0, points = 0, clockSkewSeconds = null, lastSeen } = active.get(name) ?? {}
      const samples = overLimit.get(name) ?? 0
      return {
        name,
        spans,
        logs,
        points,
        series: series.get(name) ?? 0,
        clockSkew: clockSkewSeconds,
        lastSeen: lastSeen === undefined ? null : `${Math.floor(lastSeen)}000000`,
        refused: samples > 0 ? [{ reason: 'series_limit', samples }] : [],
      }
    })
    .toSorted((a, b) => totalOf(b) - totalOf(a) || (a.name < b.name ? -1 : 1))
}

function totalOf({ spans, logs, points }: Pick<ServiceActivity, 'logs' | 'points' | 'spans'>): number {
  return spans + logs + points
}
