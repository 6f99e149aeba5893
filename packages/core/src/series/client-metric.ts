import type { Exemplar } from './family.ts'
import type { SeriesLabels } from './labels.ts'

/** Labels as an application gives them to a Prometheus client. */
export type ClientLabels = Readonly<Record<string, string | number>>

/** What both Prometheus clients give for one metric. */
export interface ClientMetric {
  readonly name: string
  readonly help: string
  readonly type: string
  /** What the client's own aggregation does across workers. `sum` is what it says where nobody has said anything. */
  readonly aggregator?: string
  readonly values?: readonly ClientValue[]
}

/** One sample. */
export interface ClientValue {
  readonly value: number
  readonly labels?: ClientLabels
  /** The labels that all values of one series have in common: the same object for all of them. */
  readonly sharedLabels?: ClientLabels
  readonly metricName?: string
  readonly exemplar?: ClientExemplar | null
}

interface ClientExemplar {
  readonly labelSet: ClientLabels
  readonly value: number
  /** Seconds since the epoch. */
  readonly timestamp?: number
}

/** The upper bound of a bucket; `NaN`: it has none. */
export function boundOf(labels: ClientLabels = {}): number {
  return labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
}

/** The exemplar of a client, which goes on to change its own object. */
export function exemplarOf(exemplar: ClientExemplar | null | undefined): Exemplar | undefined {
  if (!exemplar) return undefined
  const { labelSet, value, timestamp } = exemplar
  const { trace_id: traceId, span_id: spanId, ...labels } = labelSet
  return {
    ...(traceId !== undefined && { traceId: String(traceId) }),
    ...(spanId !== undefined && { spanId: String(spanId) }),
    ...(Object.keys(labels).length > 0 && { labels }),
    value,
    time: timestamp === undefined ? undefined : timestamp * 1_000,
  }
}

/** Labels with all values as texts. */
export function textsOf(labels: ClientLabels): SeriesLabels {
  const texts: Record<string, string> = {}
  for (const name of Object.keys(labels)) texts[name] = String(labels[name])
  return texts
}
