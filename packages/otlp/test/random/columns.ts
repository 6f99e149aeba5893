import {
  type AttributeColumns,
  cellValue,
  type LogColumns,
  type MetricColumns,
  type SpanColumns,
  type TimeColumn,
  VALUE,
} from '../../src/index.ts'

/** What a reader has read, row by row, in the form of `official.ts`. */
export type Row = Readonly<Record<string, unknown>>

const TYPES = Object.fromEntries(Object.entries(VALUE).map(([name, type]) => [type, name]))

const range = (from: number, to: number): number[] =>
  Array.from({ length: to - from }, (_, index) => from + index)
const between = (offsets: Uint32Array, row: number): number[] =>
  range(offsets[row] ?? 0, offsets[row + 1] ?? 0)
const hex = (ids: Uint8Array, size: number, row: number): string =>
  Buffer.from(ids.subarray(row * size, (row + 1) * size)).toString('hex')

/** Nanoseconds. */
function time({ ms, ns }: TimeColumn, row: number): string {
  return String(BigInt(ms[row] ?? 0) * 1_000_000n + BigInt(ns[row] ?? 0))
}

/** A value with its type. JSON is compared as what it says. */
function typed(
  type: number | undefined,
  number: number | undefined,
  strings: readonly string[],
): readonly unknown[] {
  const name = TYPES[type ?? VALUE.empty]
  if (name === 'bigint' || name === 'bytes') return [name, strings[number ?? 0]]
  return [name, cellValue(type ?? VALUE.empty, number ?? 0, strings)]
}

function attributes(
  { offsets, keys, types, numbers }: AttributeColumns,
  strings: readonly string[],
  row: number,
): unknown[] {
  return between(offsets, row).map((at) => [
    strings[keys[at] ?? 0],
    ...typed(types[at], numbers[at], strings),
  ])
}

export function spanRows(columns: SpanColumns): Row[] {
  const { strings, events, links } = columns
  const textOf = (column: Uint32Array, row: number): string | undefined => strings[column[row] ?? 0]
  return range(0, columns.rows).map((row) => ({
    resource: columns.resources[columns.resource[row] ?? -1],
    scope: columns.scopes[columns.scope[row] ?? -1],
    traceId: hex(columns.traceIds, 16, row),
    spanId: hex(columns.spanIds, 8, row),
    parentId: hex(columns.parentIds, 8, row),
    traceState: textOf(columns.traceStates, row),
    name: textOf(columns.names, row),
    kind: columns.kinds[row],
    start: time(columns.starts, row),
    end: time(columns.ends, row),
    flags: columns.flags[row],
    status: [columns.statusCodes[row], textOf(columns.statusMessages, row)],
    attributes: attributes(columns.attributes, strings, row),
    dropped: [columns.droppedAttributes[row], columns.droppedEvents[row], columns.droppedLinks[row]],
    events: between(events.offsets, row).map((at) => [
      time(events.times, at),
      textOf(events.names, at),
      attributes(events.attributes, strings, at),
      events.droppedAttributes[at],
    ]),
    links: between(links.offsets, row).map((at) => [
      hex(links.traceIds, 16, at),
      hex(links.spanIds, 8, at),
      textOf(links.traceStates, at),
      attributes(links.attributes, strings, at),
      links.droppedAttributes[at],
      links.flags[at],
    ]),
  }))
}

export function logRows(columns: LogColumns): Row[] {
  const { strings } = columns
  return range(0, columns.rows).map((row) => ({
    resource: columns.resources[columns.resource[row] ?? -1],
    scope: columns.scopes[columns.scope[row] ?? -1],
    time: time(columns.times, row),
    observed: time(columns.observedTimes, row),
    severity: [columns.severities[row], strings[columns.severityTexts[row] ?? 0]],
    body: typed(columns.bodyTypes[row], columns.bodies[row], strings),
    attributes: attributes(columns.attributes, strings, row),
    dropped: columns.droppedAttributes[row],
    flags: columns.flags[row],
    traceId: hex(columns.traceIds, 16, row),
    spanId: hex(columns.spanIds, 8, row),
    eventName: strings[columns.eventNames[row] ?? 0],
  }))
}

export function pointRows(columns: MetricColumns): Row[] {
  const { exemplars } = columns
  const list = ({ offsets, numbers }: MetricColumns['buckets'], row: number): unknown[] =>
    between(offsets, row).map((at) => numbers[at])
  return range(0, columns.rows).map((row) => {
    const metric = columns.metrics[columns.metric[row] ?? -1]
    return {
      metric,
      attributes: columns.sets[columns.set[row] ?? -1],
      start: time(columns.starts, row),
      time: time(columns.times, row),
      flags: columns.flags[row],
      value: columns.values[row],
      count: columns.counts[row],
      sum: columns.sums[row],
      buckets: list(columns.buckets, row),
      bounds: list(columns.bounds, row),
      exponential:
        metric?.kind === 'exponential' ? columns.exponentials[columns.exponential[row] ?? -1] : undefined,
      quantiles: list(columns.quantiles, row),
      quantileValues: list(columns.quantileValues, row),
      exemplars: between(exemplars.offsets, row).map((at) => [
        time(exemplars.times, at),
        exemplars.values[at],
        hex(exemplars.traceIds, 16, at),
        hex(exemplars.spanIds, 8, at),
        columns.sets[exemplars.sets[at] ?? -1],
      ]),
    }
  })
}
