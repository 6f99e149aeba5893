import type { RequestRecord } from '../seam.ts'

/** What a label says of a request: a part of its record, or what a function makes of all of it. `undefined`: nothing. */
export type LabelSource =
  | 'method'
  | 'route'
  | 'status'
  | ((record: RequestRecord) => string | number | undefined)

/** The labels of one request by their names. */
export type RequestLabels = Record<string, string | number | undefined>

/**
 * The name, labels and buckets under which dashboards know the duration of requests. What else the classic naming holds is
 * there beside it, unless it has the same name.
 */
export interface DurationNaming {
  readonly histogram?: DurationHistogram
  readonly summary?: DurationSummary
  /** The name of each label, and what it says. */
  readonly labels: Readonly<Record<string, LabelSource>>
  /** Changes the labels of a request before it is counted. Labels that `labels` does not name are left out. */
  readonly transform?: (labels: RequestLabels, record: RequestRecord) => void
  /** Whether a request is counted here. Default: all are. */
  readonly counts?: (record: RequestRecord) => boolean
  /**
   * Whether the functions above say the same of all requests that have one method, route and status: then they are asked
   * once for each of these, which spares a request most of what it costs here. Default: false.
   */
  readonly stable?: boolean
}

export interface DurationHistogram {
  readonly name: string
  readonly help?: string
  /** Boundaries in seconds, ascending. Default: those of the option `metrics.buckets`. */
  readonly buckets?: readonly number[]
}

/** Percentiles that the process works out itself. They cannot be added up across processes: prefer the histogram. */
export interface DurationSummary {
  readonly name: string
  readonly help?: string
  /** Between 0 and 1. Default: 0.01, 0.05, 0.5, 0.9, 0.95, 0.99, 0.999, as the Prometheus clients have it. */
  readonly percentiles?: readonly number[]
  /** Seconds over which the percentiles are taken. Default: the life of the process. */
  readonly maxAgeSeconds?: number
  /** In how many steps old values leave the percentiles. Default: 5. */
  readonly ageBuckets?: number
}
