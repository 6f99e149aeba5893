import type { ReadResource } from '@sightline/otlp'

import type { SeriesWriter } from '../../store/samples.ts'
import { descriptiveLabels, targetLabels } from './naming/labels.ts'
import { STALE } from './point.ts'

/** A sample of `target_info` is written this often: half of Prometheus' lookback, as in its own receiver. */
const INTERVAL_MS = 150_000

/** A job that has too many series is asked again after this time. */
const RETRY_MS = 60_000

/** The series of a resource. */
interface Described {
  /** Job and instance. */
  readonly key: string
  /** `undefined` while the job has too many series, or where there is nothing to say. */
  readonly series: number | undefined
  /** When the series is asked for again. */
  readonly retry: number
}

/** The last `target_info` of a job and instance. */
interface Target {
  readonly series: number
  time: number
}

/**
 * Writes `target_info`, which has the attributes of a resource as labels and the value 1. When the attributes of a job and
 * instance change, the series with the old ones ends: a join on both would fail.
 */
export class TargetInfo {
  readonly #writer: SeriesWriter
  readonly #described = new WeakMap<ReadResource, Described>()
  readonly #targets = new Map<string, Target>()

  constructor(writer: SeriesWriter) {
    this.#writer = writer
  }

  /** Called with the time of a point of the resource. */
  seen(resource: ReadResource, time: number): void {
    let described = this.#described.get(resource)
    if (described === undefined || (described.series === undefined && time >= described.retry)) {
      described = this.#begun(resource, time)
      this.#described.set(resource, described)
    }
    const { key, series } = described
    if (series === undefined) return
    const target = this.#targets.get(key)
    if (target?.series === series) {
      if (time < target.time + INTERVAL_MS) return
      target.time = time
    } else {
      if (target !== undefined && time <= target.time) return
      if (target !== undefined) this.#writer.append(target.series, time, STALE)
      this.#targets.set(key, { series, time })
    }
    this.#writer.append(series, time, 1)
  }

  /** Forgets targets without a point since `before`. */
  forget(before: number): void {
    for (const [key, { time }] of this.#targets) if (time < before) this.#targets.delete(key)
  }

  /** Without a service or an instance there is nothing to join on, and without other attributes nothing to join. */
  #begun(resource: ReadResource, time: number): Described {
    const target = targetLabels(resource)
    const description = descriptiveLabels(resource)
    const key = JSON.stringify([target['job'] ?? '', target['instance'] ?? ''])
    if (Object.keys(target).length === 0 || Object.keys(description).length === 0)
      return { key, series: undefined, retry: Infinity }
    this.#writer.metadata('target_info', { type: 'gauge', help: 'Attributes of the resource', unit: '' })
    const series = this.#writer.series({ ...description, ...target, __name__: 'target_info' })
    return { key, series, retry: time + RETRY_MS }
  }
}
