import type { MetricColumns, ReadMetric } from '@sightline/otlp'

import type { SeriesWriter } from '../../store/samples.ts'
import {
  type Instrument,
  metadataOf,
  newInstrument,
  originOf,
  pointOf,
  type SharedPoint,
} from './instrument.ts'
import { type Origin, type Outcome, seriesOf } from './point.ts'
import { Refusals } from './refusals.ts'
import { TargetInfo } from './target-info.ts'

/** Points of a later time than this after now are refused: the next ones of their series would be out of order. */
const FUTURE_MS = 600_000

/** A job that has too many series is asked again after this time. */
const RETRY_MS = 60_000

/** What had no point for this long is forgotten. The sum of increments then begins again at zero. */
const IDLE_MS = 3_600_000

/** `OTLP`'s flag of a point that only says that there is none. */
const NO_RECORDED_VALUE = 1

/** Converts the points of OTLP into samples of Prometheus. */
export interface Points {
  /**
   * Adds the points of a request, and returns how many were refused, and why in one sentence. Points that the reader has rejected
   * (`columns.rejected`) are not among them. `now` is in milliseconds since 1970.
   */
  add(columns: MetricColumns, now: number): { readonly rejected: number; readonly reason: string }
}

/**
 * Names and labels follow
 * https://opentelemetry.io/docs/specs/otel/compatibility/prometheus_and_openmetrics/#otlp-metric-points-to-prometheus as Prometheus' own
 * OTLP receiver does by default: `job` and `instance` of the service, all other attributes of the resource in `target_info`, and no labels
 * of the scope, since a second scope with the same instrument is rare and the labels would be in every query's result.
 *
 * A series that gets no more points ends after the lookback of a query, five minutes, without a staleness marker: OTLP does not
 * say when an instrument is gone.
 */
export function createPoints(writer: SeriesWriter): Points {
  const instruments = new Map<ReadMetric, Instrument>()
  /** By the number of the main series. Instruments of equal names and labels share the sums of their increments. */
  const shared = new Map<number, SharedPoint>()
  const targets = new TargetInfo(writer)
  let swept = -Infinity

  const instrumentOf = (metric: ReadMetric, now: number): Instrument => {
    const known = instruments.get(metric)
    if (known !== undefined) {
      known.used = now
      return known
    }
    const made = newInstrument(metric, now)
    instruments.set(metric, made)
    if (made.name !== undefined) writer.metadata(made.name, metadataOf(metric))
    return made
  }

  /** `undefined` where the job has too many series. */
  const sharedPoint = (origin: Origin, kind: ReadMetric['kind'], now: number): SharedPoint | undefined => {
    const number = seriesOf(origin, kind === 'gauge' || kind === 'sum' ? '' : '_count')
    if (number === undefined) return undefined
    const known = shared.get(number)
    if (known?.kind === kind && known.isDelta === origin.isDelta) return known
    const point = pointOf(origin, kind)
    if (point === undefined) return undefined
    const made = { point, kind, isDelta: origin.isDelta, used: now }
    shared.set(number, made)
    return made
  }

  const write = (instrument: Instrument, columns: MetricColumns, row: number, now: number): Outcome => {
    const { metric, name, target, entries } = instrument
    const set = columns.sets[columns.set[row] ?? 0]
    if (set === undefined || name === undefined) return 'invalid'
    let entry = entries.get(set)
    if (entry === undefined) entries.set(set, (entry = { shared: undefined, used: now, retry: -Infinity }))
    entry.used = now
    if (entry.shared === undefined) {
      if (now < entry.retry) {
        writer.refuse(target['job'] ?? '', 1)
        return 'too many series'
      }
      entry.shared = sharedPoint(originOf(writer, instrument, name, set), metric.kind, now)
      entry.retry = now + RETRY_MS
      if (entry.shared === undefined) return 'too many series'
    }
    entry.shared.used = now
    const { point } = entry.shared
    if (((columns.flags[row] ?? 0) & NO_RECORDED_VALUE) !== 0) {
      point.end(columns.times.ms[row] ?? 0)
      return 'written'
    }
    const outcome = point.write(columns, row)
    if (outcome === 'too many series') {
      entry.shared = undefined
      entry.retry = now + RETRY_MS
    }
    return outcome
  }

  const sweep = (now: number): void => {
    swept = now
    const idle = now - IDLE_MS
    for (const [metric, { used, entries }] of instruments) {
      if (used < idle) instruments.delete(metric)
      else for (const [set, entry] of entries) if (entry.used < idle) entries.delete(set)
    }
    for (const [number, { used }] of shared) if (used < idle) shared.delete(number)
    targets.forget(idle)
  }

  return {
    add(columns, now) {
      if (now - swept > IDLE_MS / 6) sweep(now)
      const refusals = new Refusals()
      let metric: ReadMetric | undefined
      let instrument: Instrument | undefined
      for (let row = 0; row < columns.rows; row++) {
        const current = columns.metrics[columns.metric[row] ?? 0]
        const time = columns.times.ms[row] ?? 0
        if (current === undefined) continue
        if (current !== metric || instrument === undefined) {
          metric = current
          instrument = instrumentOf(current, now)
          if (time <= now + FUTURE_MS) targets.seen(current.resource, time)
        }
        if (instrument.name === undefined) refusals.add(instrument.reason)
        else if (time > now + FUTURE_MS) refusals.add('points of more than 10 minutes in the future')
        else {
          const outcome = write(instrument, columns, row, now)
          if (outcome !== 'written' && outcome !== 'duplicate') refusals.add(REASONS[outcome])
        }
      }
      return { rejected: refusals.count, reason: refusals.sentence() }
    },
  }
}

const REASONS: Readonly<Record<Exclude<Outcome, 'written' | 'duplicate'>, string>> = {
  'out of order': 'points older than the last one of their series, or different at the same time',
  'too many series': 'points of series beyond the limit of their job',
  invalid: 'points whose buckets do not fit their bounds or are too many',
}
