import type { Samples } from '../evaluate/samples.ts'
import type { Steps, StepSeries } from '../evaluate/series.ts'
import { LabelSet, NO_LABELS } from '../labels/label-set.ts'
import { formatNumber, formatPlain } from './numbers.ts'

/** A time in seconds, and a number as a text: `NaN`, `+Inf` and `-Inf` have no other form in JSON. */
export type ResultSample = readonly [time: number, value: string]

/** A series with one value. */
export interface VectorSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly value: ResultSample
}

/** A series with its values. */
export interface MatrixSeries {
  readonly metric: Readonly<Record<string, string>>
  readonly values: readonly ResultSample[]
}

/** The result of a range query, in the shape of `data` in Prometheus' HTTP API. */
export interface MatrixResult {
  readonly resultType: 'matrix'
  readonly result: readonly MatrixSeries[]
}

/** The result of an instant query, in the shape of `data` in Prometheus' HTTP API. */
export type InstantResult =
  | MatrixResult
  | { readonly resultType: 'scalar' | 'string'; readonly result: ResultSample }
  | { readonly resultType: 'vector'; readonly result: readonly VectorSeries[] }

export function scalarOf(values: Float64Array, time: number): InstantResult {
  return { resultType: 'scalar', result: [time / 1000, formatPlain(values[0] ?? NaN)] }
}

/** An instant vector, in the order in which it has been evaluated. */
export function vectorOf(series: readonly StepSeries[], time: number): InstantResult {
  return {
    resultType: 'vector',
    result: series.map(({ labels, values }) => ({
      metric: labels.toRecord(),
      value: [time / 1000, formatNumber(values[0] ?? NaN)],
    })),
  }
}

/** The samples of a range vector. */
export function samplesResult(series: readonly Samples[]): MatrixResult {
  return {
    resultType: 'matrix',
    result: series.map(({ labels, times, values }) => ({
      metric: labels.toRecord(),
      values: Array.from(times, (time, index) => [time / 1000, formatNumber(values[index] ?? NaN)] as const),
    })),
  }
}

/** The series of a range query, ordered by their labels. */
export function matrixOf(series: readonly StepSeries[], { start, interval }: Steps): MatrixResult {
  return {
    resultType: 'matrix',
    result: series
      .toSorted((a, b) => LabelSet.compare(a.labels, b.labels))
      .map(({ labels, values, present }) => {
        const samples: ResultSample[] = []
        for (let step = 0; step < present.length; step++) {
          if (present[step] === 1)
            samples.push([(start + step * interval) / 1000, formatNumber(values[step] ?? NaN)])
        }
        return { metric: labels.toRecord(), values: samples }
      }),
  }
}

/** A scalar of each step as the series without labels that it is in a range query. */
export function scalarSeries(values: Float64Array): StepSeries {
  return { labels: NO_LABELS, values, present: new Uint8Array(values.length).fill(1) }
}
