import { endianness } from 'node:os'

import { LabelSet } from '../labels/label-set.ts'
import type { TimeRange } from '../plan/selections.ts'
import type { SelectedSeries } from '../source.ts'
import type { StepSeries, Steps } from './series.ts'

/** Samples of a series: ascending times in milliseconds, and their values. */
export interface Samples {
  readonly labels: LabelSet
  readonly times: Float64Array
  readonly values: Float64Array
}

/** A selected series, with and without its staleness markers. */
export interface LoadedSeries extends Samples {
  /** 1 for each sample that is a staleness marker; `undefined` where there is none. */
  readonly stale: Uint8Array | undefined
  /** The samples without staleness markers. */
  readonly alive: Samples
}

/** Which of two 32-bit halves has the low bits. */
const LOW_HALF = endianness() === 'LE' ? 0 : 1

/** Prepares a series of a source for evaluation, which sees no samples outside of the selected time range. */
export function loadedSeries(series: SelectedSeries, { start, end }: TimeRange): LoadedSeries {
  const from = indexFrom(series.times, start)
  const to = indexFrom(series.times, end + 1)
  // A store mostly returns what was asked for, and each view on an array costs more than reading a few samples.
  const isWhole = from === 0 && to === series.times.length && to === series.values.length
  const times = isWhole ? series.times : series.times.subarray(from, to)
  const values = isWhole ? series.values : series.values.subarray(from, to)
  const samples: Samples = { labels: series.set ?? LabelSet.of(series.labels), times, values }
  const stale = staleSamples(values)
  return {
    ...samples,
    stale,
    alive: stale === undefined ? samples : picked(samples, (index) => stale[index] === 0),
  }
}

function staleSamples(values: Float64Array): Uint8Array | undefined {
  let stale: Uint8Array | undefined
  let halves: Uint32Array | undefined
  for (let index = 0; index < values.length; index++) {
    if (!Number.isNaN(values[index])) continue
    halves ??= new Uint32Array(values.buffer, values.byteOffset, values.length * 2)
    const isMarker = halves[2 * index + LOW_HALF] === 2 && halves[2 * index + 1 - LOW_HALF] === 0x7ff00000
    if (!isMarker) continue
    stale ??= new Uint8Array(values.length)
    stale[index] = 1
  }
  return stale
}

function picked({ labels, times, values }: Samples, isPicked: (index: number) => boolean): Samples {
  return {
    labels,
    times: times.filter((_, index) => isPicked(index)),
    values: values.filter((_, index) => isPicked(index)),
  }
}

/** The times of steps, as series of a subquery share them. */
export function timesOf({ start, interval, count }: Steps): Float64Array {
  return Float64Array.from({ length: count }, (_, step) => start + step * interval)
}

/** The values of a subquery's series as samples. */
export function samplesOf({ labels, values, present }: StepSeries, times: Float64Array): Samples {
  const samples: Samples = { labels, times, values }
  return present.includes(0) ? picked(samples, (index) => present[index] === 1) : samples
}

/** The index of the first time that is not before `time`. */
export function indexFrom(times: Float64Array, time: number): number {
  let low = 0
  let high = times.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((times[middle] ?? Infinity) < time) low = middle + 1
    else high = middle
  }
  return low
}
