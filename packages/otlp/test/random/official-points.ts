import type { Message } from '@sightline/servers/otlp'

import type { Row } from './columns.ts'
import { entries, type Expected, originOf } from './official-origins.ts'
import { idOr0, known, set } from './official-values.ts'

const KINDS = {
  gauge: 'gauge',
  sum: 'sum',
  histogram: 'histogram',
  exponentialHistogram: 'exponential',
  summary: 'summary',
} as const
const NUMBERS = new Set(['gauge', 'sum'])

export function expectedPoints(request: Message): Expected {
  const rows: Row[] = []
  let rejected = 0
  for (const each of entries('metrics', request)) {
    const { entry } = each
    const [field, kind] = Object.entries(KINDS).find(([name]) => entry[name] !== undefined) ?? []
    if (field === undefined || kind === undefined) continue
    const { dataPoints = [], aggregationTemporality, isMonotonic = false } = entry[field] as Message
    const metric = {
      ...originOf(each),
      name: entry.name,
      description: entry.description ?? '',
      unit: entry.unit ?? '',
      kind,
      temporality: ['unspecified', 'delta', 'cumulative'][known(aggregationTemporality, 2)],
      monotonic: isMonotonic,
    }
    for (const point of dataPoints as Message[])
      if (entry.name !== undefined && entry.name !== '' && isPoint(point, kind))
        rows.push({ metric, ...pointOf(point, kind) })
      else rejected++
  }
  return { rows, rejected }
}

function isPoint(point: Message, kind: string): boolean {
  if ((point.timeUnixNano ?? '0') === '0') return false
  if (NUMBERS.has(kind)) return point.asDouble !== undefined || point.asInt !== undefined || point.flags === 1
  if (kind !== 'histogram') return true
  const buckets: readonly unknown[] = point.bucketCounts ?? []
  const bounds: readonly number[] = point.explicitBounds ?? []
  const fits = buckets.length === 0 ? bounds.length === 0 : buckets.length === bounds.length + 1
  return fits && bounds.every((bound, index) => index === 0 || (bounds[index - 1] ?? bound) < bound)
}

const numberOf = ({ asDouble, asInt }: Message): number => asDouble ?? Number(asInt ?? 0)

function pointOf(point: Message, kind: string): Row {
  const isNumber = NUMBERS.has(kind)
  const quantiles: readonly Message[] = point.quantileValues ?? []
  return {
    attributes: set(point.attributes),
    start: point.startTimeUnixNano ?? '0',
    time: point.timeUnixNano,
    flags: point.flags ?? 0,
    value: isNumber ? numberOf(point) : 0,
    count: Number(point.count ?? 0),
    sum: isNumber ? 0 : (point.sum ?? (kind === 'summary' ? 0 : Number.NaN)),
    buckets: kind === 'histogram' ? (point.bucketCounts ?? []).map(Number) : [],
    bounds: point.explicitBounds ?? [],
    exponential:
      kind === 'exponential'
        ? {
            scale: point.scale ?? 0,
            zeroCount: Number(point.zeroCount ?? 0),
            zeroThreshold: point.zeroThreshold ?? 0,
            positiveOffset: point.positive?.offset ?? 0,
            positive: (point.positive?.bucketCounts ?? []).map(Number),
            negativeOffset: point.negative?.offset ?? 0,
            negative: (point.negative?.bucketCounts ?? []).map(Number),
          }
        : undefined,
    quantiles: quantiles.map(({ quantile }) => quantile ?? 0),
    quantileValues: quantiles.map(({ value }) => value ?? 0),
    exemplars: (point.exemplars ?? []).map((exemplar: Message) => [
      exemplar.timeUnixNano ?? '0',
      numberOf(exemplar),
      idOr0(exemplar.traceId, 16),
      idOr0(exemplar.spanId, 8),
      set(exemplar.filteredAttributes),
    ]),
  }
}
