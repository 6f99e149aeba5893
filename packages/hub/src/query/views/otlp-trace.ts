import type {
  StoredAttributes,
  StoredEvent,
  StoredLink,
  StoredSpan,
  StoredValue,
} from '../../store/events.ts'
import { groupOf, keysOfObjects } from './groups.ts'
import { base64, isList, type Json } from './json.ts'

/**
 * Spans as `TracesData` of OTLP in JSON, see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding: ids in hex, 64-bit
 * integers as texts. A double without fraction is written as an integer, since the store does not tell them apart.
 */
export function otlpTrace(spans: readonly StoredSpan[]): { readonly resourceSpans: readonly Json[] } {
  const resources = new Map<
    string,
    { readonly first: StoredSpan; readonly scopes: Map<string, StoredSpan[]> }
  >()
  const keyOf = keysOfObjects()
  for (const span of spans) {
    const resource = groupOf(resources, keyOf(span.resource), () => ({ first: span, scopes: new Map() }))
    groupOf(resource.scopes, keyOf(span.scope), () => []).push(span)
  }
  return {
    resourceSpans: [...resources.values()].map(({ first: { resource }, scopes }) => ({
      resource: {
        attributes: otlpAttributes(resource.attributes),
        ...(resource.droppedAttributes > 0 && { droppedAttributesCount: resource.droppedAttributes }),
      },
      scopeSpans: [...scopes.values()].map(scopeSpans),
      ...(resource.schemaUrl !== '' && { schemaUrl: resource.schemaUrl }),
    })),
  }
}

function scopeSpans(spans: readonly StoredSpan[]): Json {
  const scope = spans[0]?.scope
  return {
    ...(scope !== undefined && {
      scope: {
        name: scope.name,
        version: scope.version,
        attributes: otlpAttributes(scope.attributes),
        ...(scope.droppedAttributes > 0 && { droppedAttributesCount: scope.droppedAttributes }),
      },
      ...(scope.schemaUrl !== '' && { schemaUrl: scope.schemaUrl }),
    }),
    spans: spans.map(otlpSpan),
  }
}

function otlpSpan(span: StoredSpan): Json {
  return {
    traceId: span.traceId,
    spanId: span.spanId,
    ...(span.parentSpanId !== '' && { parentSpanId: span.parentSpanId }),
    ...(span.traceState !== '' && { traceState: span.traceState }),
    flags: span.flags,
    name: span.name,
    kind: span.kind,
    startTimeUnixNano: span.start.toString(),
    endTimeUnixNano: span.end.toString(),
    attributes: otlpAttributes(span.attributes),
    ...(span.droppedAttributes > 0 && { droppedAttributesCount: span.droppedAttributes }),
    ...(span.events.length > 0 && { events: span.events.map(otlpEvent) }),
    ...(span.droppedEvents > 0 && { droppedEventsCount: span.droppedEvents }),
    ...(span.links.length > 0 && { links: span.links.map(otlpLink) }),
    ...(span.droppedLinks > 0 && { droppedLinksCount: span.droppedLinks }),
    status: { code: span.statusCode, ...(span.statusMessage !== '' && { message: span.statusMessage }) },
  }
}

function otlpEvent({ time, name, attributes, droppedAttributes }: StoredEvent): Json {
  return {
    timeUnixNano: time.toString(),
    name,
    attributes: otlpAttributes(attributes),
    ...(droppedAttributes > 0 && { droppedAttributesCount: droppedAttributes }),
  }
}

function otlpLink({ traceId, spanId, traceState, flags, attributes, droppedAttributes }: StoredLink): Json {
  return {
    traceId,
    spanId,
    ...(traceState !== '' && { traceState }),
    flags,
    attributes: otlpAttributes(attributes),
    ...(droppedAttributes > 0 && { droppedAttributesCount: droppedAttributes }),
  }
}

function otlpAttributes(attributes: StoredAttributes): Json {
  return Object.entries(attributes).map(([key, value]) => ({ key, value: anyValue(value) }))
}

function anyValue(value: StoredValue): Json {
  switch (typeof value) {
    case 'string':
      return { stringValue: value }
    case 'boolean':
      return { boolValue: value }
    case 'bigint':
      return { intValue: value.toString() }
    case 'number':
      if (Number.isSafeInteger(value) && !Object.is(value, -0)) return { intValue: String(value) }
      return { doubleValue: Number.isFinite(value) ? value : String(value) }
    default:
      break
  }
  if (value === null) return {}
  if (value instanceof Uint8Array) return { bytesValue: base64(value) }
  if (isList(value)) return { arrayValue: { values: value.map(anyValue) } }
  return {
    kvlistValue: { values: Object.entries(value).map(([key, each]) => ({ key, value: anyValue(each) })) },
  }
}
