import type { Exemplar } from './family.ts'
import type { SeriesLabels } from './labels.ts'

/** Labels in the form of the Prometheus clients. */
export type ClientLabels = Readonly<Record<string, string | number>>

/** One metric in the form of both Prometheus clients. */
export interface ClientMetric {
  readonly name: string
  readonly help: string
  readonly type: string
  /** The aggregation of the client across workers. The client's default is `sum`. */
  readonly aggregator?: string
  readonly values?: readonly ClientValue[]
}

/** One sample. */
export interface ClientValue {
  readonly value: number
  readonly labels?: ClientLabels
  /** The common labels of one series: all its values share the same object. */
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

/** The upper bound of a bucket. `NaN`: it has none. */
export function boundOf(labels: ClientLabels = {}): number {
  return labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le)
}

/** Copies a client's exemplar, because the client reuses the object. */
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
