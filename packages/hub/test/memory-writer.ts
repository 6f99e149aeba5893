import { STALE_BITS } from '@sightline/promql'

import type { Labels, MetricMetadata, SeriesWriter, StoredExemplar } from '../src/store/samples.ts'

/** A sample as it was appended. `stale` is a value with the bits of the staleness marker. */
export interface WrittenSample {
  readonly time: number
  readonly value: number | 'stale'
}

/** A series and what was appended to it. */
interface WrittenSeries {
  readonly labels: Labels
  readonly samples: WrittenSample[]
  readonly exemplars: StoredExemplar[]
}

/** A writer that keeps everything, and refuses what a `SeriesWriter` must refuse. */
export interface MemoryWriter extends SeriesWriter {
  readonly written: readonly WrittenSeries[]
  readonly metadataOf: ReadonlyMap<string, MetricMetadata>
  /** The series with these labels. */
  find(labels: Labels): WrittenSeries | undefined
}

/** @param limit most series of a job */
export function createMemoryWriter(limit = Infinity): MemoryWriter {
  const written: WrittenSeries[] = []
  const numbers = new Map<string, number>()
  const jobs = new Map<string, number>()
  const overLimit = new Map<string, number>()
  const metadataOf = new Map<string, MetricMetadata>()
  let outOfOrder = 0
  const keyOf = (labels: Labels) =>
    JSON.stringify(Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1)))
  const bits = new Float64Array(1)

  return {
    written,
    metadataOf,
    find(labels) {
      const number = numbers.get(keyOf(labels))
      return number === undefined ? undefined : written[number]
    },
    series(labels) {
      const key = keyOf(labels)
      const known = numbers.get(key)
      if (known !== undefined) return known
      const { job = '' } = labels
      if ((jobs.get(job) ?? 0) >= limit) {
        overLimit.set(job, (overLimit.get(job) ?? 0) + 1)
        return undefined
      }
      jobs.set(job, (jobs.get(job) ?? 0) + 1)
      numbers.set(key, written.length)
      return written.push({ labels, samples: [], exemplars: [] }) - 1
    },
    refuse(job, samples) {
      overLimit.set(job, (overLimit.get(job) ?? 0) + samples)
    },
    begin(series, time) {
      const samples = written[series]?.samples
      if (samples === undefined) throw new Error(`There is no series ${series}`)
      if (time <= (samples.at(-1)?.time ?? -Infinity)) return false
      samples.push({ time, value: 0 })
      return true
    },
    append(series, time, value) {
      const samples = written[series]?.samples
      const newest = samples?.at(-1)
      bits[0] = value
      const isStale = new BigUint64Array(bits.buffer)[0] === STALE_BITS
      if (samples === undefined) throw new Error(`There is no series ${series}`)
      if (newest !== undefined && time <= newest.time) outOfOrder++
      else samples.push({ time, value: isStale ? 'stale' : value })
    },
    exemplar: (series, exemplar) => void written[series]?.exemplars.push(exemplar),
    metadata: (name, metadata) => void metadataOf.set(name, metadata),
    commit() {},
    tend: () => false,
    get counts() {
      return { samples: 0, exemplars: 0, outOfOrder, overLimit, series: jobs }
    },
    close() {},
  }
}
