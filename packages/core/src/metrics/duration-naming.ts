import { count, type Requirement, seconds } from '../requirements.ts'
import type { RequestRecord } from '../seam.ts'
import { boundaries, labelName, metricName, percentiles } from './instrument-config.ts'

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

const WORDS: readonly unknown[] = ['method', 'route', 'status']

/** What the option `metrics.naming` must be where it is no word. */
export const durationNaming: Requirement = (value) => {
  if (typeof value !== 'object' || value === null) return 'classic, otel or an object with labels'
  // Whoever writes JavaScript may have put anything there.
  const { histogram, summary, labels } = value as Readonly<
    Record<string, Readonly<Record<string, unknown>> | null | undefined>
  >
  const named = [histogram, summary].filter((each) => each !== undefined)
  if (named.length === 0) return 'an object with a histogram or a summary'
  if (!named.every((each) => metricName(each?.name) === undefined))
    return 'an object whose histogram and summary have a name such as http_request_duration_seconds'
  for (const [setting, told, required] of [
    ['histogram.buckets', histogram?.buckets, boundaries],
    ['summary.percentiles', summary?.percentiles, percentiles],
    ['summary.maxAgeSeconds', summary?.maxAgeSeconds, seconds],
    ['summary.ageBuckets', summary?.ageBuckets, count],
  ] as const) {
    const allowed = told === undefined ? undefined : required(told)
    if (allowed !== undefined) return `an object whose ${setting} is ${allowed}`
  }
  if (typeof labels !== 'object' || labels === null) return 'an object with labels'
  for (const [name, source] of Object.entries(labels)) {
    if (labelName(name) !== undefined)
      return `an object without the label ${name}: labels are ${labelName(name)}`
    if (!WORDS.includes(source) && typeof source !== 'function')
      return `an object whose label ${name} is method, route, status or a function of the record`
  }
  return undefined
}
