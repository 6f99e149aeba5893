import {
  type AttributeColumns,
  type Columns,
  type LogColumns,
  type ReadResource,
  type ReadScope,
  type SpanColumns,
  type TimeColumn,
  VALUE,
} from '@sightline/otlp'

import type {
  StoredAttributes,
  StoredEvent,
  StoredLink,
  StoredLog,
  StoredSpan,
  StoredValue,
} from '../../src/store/events.ts'

/** A span as plain data. An absent field is empty. */
export type SpanRow = Partial<Omit<StoredSpan, 'events' | 'links'>> & {
  readonly events?: readonly Partial<StoredEvent>[]
  readonly links?: readonly Partial<StoredLink>[]
}

/** A log record as plain data. An absent field is empty. */
export type LogRow = Partial<Omit<StoredLog, 'cursor'>>

const NO_RESOURCE: ReadResource = { attributes: {}, droppedAttributes: 0, schemaUrl: '' }
const NO_SCOPE: ReadScope = { name: '', version: '', attributes: {}, droppedAttributes: 0, schemaUrl: '' }

/** Columns of spans, as a reader of OTLP makes them. */
export function spanColumns(spans: readonly SpanRow[]): SpanColumns {
  const { common, text, values } = createColumns(spans)
  const events = spans.map((span) => span.events ?? [])
  const links = spans.map((span) => span.links ?? [])
  const allEvents = events.flat()
  const allLinks = links.flat()
  return {
    ...common(),
    traceIds: ids(spans, 16, (span) => span.traceId),
    spanIds: ids(spans, 8, (span) => span.spanId),
    parentIds: ids(spans, 8, (span) => span.parentSpanId),
    traceStates: Uint32Array.from(spans, (span) => text(span.traceState)),
    names: Uint32Array.from(spans, (span) => text(span.name)),
    kinds: Uint8Array.from(spans, (span) => span.kind ?? 0),
    starts: times(spans, (span) => span.start),
    ends: times(spans, (span) => span.end),
    flags: Uint32Array.from(spans, (span) => span.flags ?? 0),
    statusCodes: Uint8Array.from(spans, (span) => span.statusCode ?? 0),
    statusMessages: Uint32Array.from(spans, (span) => text(span.statusMessage)),
    attributes: values(spans),
    droppedAttributes: Uint32Array.from(spans, (span) => span.droppedAttributes ?? 0),
    events: {
      offsets: offsets(events),
      times: times(allEvents, (event) => event.time),
      names: Uint32Array.from(allEvents, (event) => text(event.name)),
      attributes: values(allEvents),
      droppedAttributes: Uint32Array.from(allEvents, (event) => event.droppedAttributes ?? 0),
    },
    droppedEvents: Uint32Array.from(spans, (span) => span.droppedEvents ?? 0),
    links: {
      offsets: offsets(links),
      traceIds: ids(allLinks, 16, (link) => link.traceId),
      spanIds: ids(allLinks, 8, (link) => link.spanId),
      traceStates: Uint32Array.from(allLinks, (link) => text(link.traceState)),
      flags: Uint32Array.from(allLinks, (link) => link.flags ?? 0),
      attributes: values(allLinks),
      droppedAttributes: Uint32Array.from(allLinks, (link) => link.droppedAttributes ?? 0),
    },
    droppedLinks: Uint32Array.from(spans, (span) => span.droppedLinks ?? 0),
  }
}

/** Columns of log records, as a reader of OTLP makes them. */
export function logColumns(logs: readonly LogRow[]): LogColumns {
  const { common, text, value, values } = createColumns(logs)
  const bodies = logs.map((log) => value(log.body ?? null))
  return {
    ...common(),
    times: times(logs, (log) => log.time),
    observedTimes: times(logs, (log) => log.observedTime ?? log.time),
    severities: Uint8Array.from(logs, (log) => log.severity ?? 0),
    severityTexts: Uint32Array.from(logs, (log) => text(log.severityText)),
    bodyTypes: Uint8Array.from(bodies, ([type]) => type),
    bodies: Float64Array.from(bodies, ([, number]) => number),
    attributes: values(logs),
    droppedAttributes: Uint32Array.from(logs, (log) => log.droppedAttributes ?? 0),
    flags: Uint32Array.from(logs, (log) => log.flags ?? 0),
    traceIds: ids(logs, 16, (log) => log.traceId),
    spanIds: ids(logs, 8, (log) => log.spanId),
    eventNames: Uint32Array.from(logs, (log) => text(log.eventName)),
  }
}

interface Origin {
  readonly resource?: StoredSpan['resource']
  readonly scope?: StoredSpan['scope']
}

function createColumns(rows: readonly Origin[]) {
  const strings = ['']
  const known = new Map<string, number>([['', 0]])
  const text = (value = ''): number => {
    let index = known.get(value)
    if (index === undefined) {
      index = strings.push(value) - 1
      known.set(value, index)
    }
    return index
  }
  const value = (of: StoredValue): readonly [type: number, number: number] => {
    if (of === null) return [VALUE.empty, 0]
    if (typeof of === 'string') return [VALUE.string, text(of)]
    if (typeof of === 'boolean') return [VALUE.bool, Number(of)]
    if (typeof of === 'number') return [Number.isSafeInteger(of) ? VALUE.int : VALUE.double, of]
    if (typeof of === 'bigint') return [VALUE.bigint, text(String(of))]
    if (of instanceof Uint8Array) return [VALUE.bytes, text(Buffer.from(of).toString('base64'))]
    return [VALUE.json, text(JSON.stringify(of))]
  }
  const values = (of: readonly { readonly attributes?: StoredAttributes }[]): AttributeColumns => {
    const lists = of.map(({ attributes = {} }) => Object.entries(attributes))
    const entries = lists.flat().map(([key, each]) => [text(key), ...value(each)] as const)
    return {
      offsets: offsets(lists),
      keys: Uint32Array.from(entries, ([key]) => key),
      types: Uint8Array.from(entries, ([, type]) => type),
      numbers: Float64Array.from(entries, ([, , number]) => number),
    }
  }
  const resources = [...new Set(rows.map(({ resource = NO_RESOURCE }) => resource))]
  const scopes = [...new Set(rows.map(({ scope = NO_SCOPE }) => scope))]
  const common = (): Columns & { readonly resource: Uint32Array; readonly scope: Uint32Array } => ({
    rows: rows.length,
    strings,
    // Stored values are values of attributes that cannot be changed.
    resources: resources as ReadResource[],
    scopes: scopes as ReadScope[],
    rejected: 0,
    reason: '',
    resource: Uint32Array.from(rows, ({ resource = NO_RESOURCE }) => resources.indexOf(resource)),
    scope: Uint32Array.from(rows, ({ scope = NO_SCOPE }) => scopes.indexOf(scope)),
  })
  return { common, text, value, values }
}

function offsets(lists: readonly (readonly unknown[])[]): Uint32Array {
  const result = new Uint32Array(lists.length + 1)
  lists.forEach((list, i) => (result[i + 1] = (result[i] ?? 0) + list.length))
  return result
}

function ids<R>(rows: readonly R[], size: number, hex: (row: R) => string | undefined): Uint8Array {
  const bytes = new Uint8Array(rows.length * size)
  rows.forEach((row, i) => bytes.set(Buffer.from(hex(row) ?? '', 'hex'), i * size))
  return bytes
}

function times<R>(rows: readonly R[], time: (row: R) => bigint | undefined): TimeColumn {
  const of = rows.map((row) => time(row) ?? 0n)
  return {
    ms: Float64Array.from(of, (each) => Number(each / 1_000_000n)),
    ns: Uint32Array.from(of, (each) => Number(each % 1_000_000n)),
  }
}
