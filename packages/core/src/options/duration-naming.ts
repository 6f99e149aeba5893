import type { RequestRecord } from '../seam.ts'

/**
 * The value of a label: a part of the request's record, or a function of the record. `undefined`: the label is left
 * out.
 */
export type LabelSource =
  | 'method'
  | 'route'
  | 'status'
  | ((record: RequestRecord) => string | number | undefined)

/** The labels of one request by their names. */
export type RequestLabels = Record<string, string | number | undefined>

/**
 * The name, labels and buckets under which existing dashboards know the duration of requests. The other metrics of the
 * classic naming are added, unless they have the same name.
 */
export interface DurationNaming {
  readonly histogram?: DurationHistogram
  readonly summary?: DurationSummary
  /** The labels, by name. */
  readonly labels: Readonly<Record<string, LabelSource>>
  /** Changes the labels of a request before it is counted. Labels that `labels` does not name are ignored. */
  readonly transform?: (labels: RequestLabels, record: RequestRecord) => void
  /** Whether a request is counted here. Default: all requests are. */
  readonly counts?: (record: RequestRecord) => boolean
  /**
   * Whether the functions above depend on the method, the route and the status only. If so, they are called once for
   * each combination, which saves most of the cost of a request here. Default: false.
   */
  readonly stable?: boolean
}

export interface DurationHistogram {
  readonly name: string
  readonly help?: string
  /** Bucket boundaries in seconds, ascending. Default: those of the option `metrics.buckets`. */
  readonly buckets?: readonly number[]
}

/** Percentiles that the process calculates itself. They cannot be combined across processes: prefer the histogram. */
export interface DurationSummary {
  readonly name: string
  readonly help?: string
  /** Between 0 and 1. Default: 0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999, as in the Prometheus clients. */
  readonly percentiles?: readonly number[]
  /** Time window of the percentiles in seconds. Default: the life of the process. */
  readonly maxAgeSeconds?: number
  /** Number of steps in which old values leave the window. Default: 5. */
  readonly ageBuckets?: number
}
