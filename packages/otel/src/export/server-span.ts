import type { RequestRecord } from '@sightline/core'
import {
  type Attributes,
  type EncoderOptions,
  flagsOf,
  type Prepared,
  type Scope,
  SPAN,
  SPAN_KINDS,
  type SpanEvent,
  type SpanLink,
  type SpanStatus,
  toolsOf,
  writeEvents,
  writeLinks,
  writeStatus,
} from '@sightline/otlp'

/** Details of a request's span that are not in its record. */
export interface ServerSpanDetails {
  /** A span name set by the application, in place of method and route. */
  readonly name?: string | undefined
  /** The original method, if the record has `_OTHER`. */
  readonly originalMethod?: string | undefined
  /** The query without its question mark, with secrets censored. */
  readonly query?: string | undefined
  /** The host and port of the request's URL. */
  readonly serverAddress?: string | undefined
  readonly serverPort?: number | undefined
  /** The peer of the connection: the proxy, if there is one. */
  readonly peerAddress?: string | undefined
  readonly peerPort?: number | undefined
  /** `1.1` or `2`. */
  readonly protocolVersion?: string | undefined
  /** `error.type`: the class of the thrown error, or another reason for the failure. */
  readonly errorType?: string | undefined
  /** Attributes set by the application. */
  readonly attributes?: Attributes | undefined
  readonly droppedAttributesCount?: number | undefined
  readonly events?: readonly SpanEvent[] | undefined
  readonly droppedEventsCount?: number | undefined
  readonly links?: readonly SpanLink[] | undefined
  readonly droppedLinksCount?: number | undefined
  /** The span status, if it does not follow from the HTTP status. */
  readonly status?: SpanStatus | undefined
}

/** Limit of the cache, against an endless variety of routes and statuses. */
const REMEMBERED_KINDS = 2_000

/** Limit of the host cache. Most services have one name, but a scanner may request any. */
const REMEMBERED_HOSTS = 100

const NOTHING: ServerSpanDetails = {}

/**
 * Creates the encoder of SERVER spans. It writes a span directly from a request's record, with the names and
 * attributes of the stable HTTP semantic conventions
 * (https://opentelemetry.io/docs/specs/semconv/http/http-spans/#http-server-span). The common part of a
 * route, method and status is encoded once. Texts of the record are written unchanged: the caller has removed
 * secrets.
 */
export function createServerSpanEncoder(
  scope: Scope,
  options: EncoderOptions = {},
): (record: RequestRecord, details?: ServerSpanDetails) => Uint8Array {
  const { writer, values, scopes } = toolsOf(options)
  const head = scopes(scope)
  const kinds = rememberedKinds((record) => ({
    name: writer.prepare(() => writer.text(SPAN.name, values.limited(nameOf(record)))),
    attributes: writer.prepare(() => {
      const { method, route, status, scheme } = record
      values.attribute(SPAN.attributes, 'http.request.method', method)
      values.attribute(SPAN.attributes, 'url.scheme', scheme)
      values.attribute(SPAN.attributes, 'http.route', route)
      values.attribute(SPAN.attributes, 'http.response.status_code', status)
    }),
  }))

  const failed = writer.prepare(() => writeStatus(writer, values, { code: 'error' }))
  const hosts = new Map<string | undefined, Host>()

  return (record, details = NOTHING) => {
    const { trace, startedAt, status = 0 } = record
    const kind = kinds(record)
    writer.begin(head)
    writer.hex(SPAN.traceId, trace.traceId)
    writer.hex(SPAN.spanId, trace.spanId)
    if (trace.state) writer.text(SPAN.traceState, trace.state)
    if (trace.parentId !== undefined) writer.hex(SPAN.parentSpanId, trace.parentId)
    if (details.name === undefined) kind.name()
    else writer.text(SPAN.name, values.limited(details.name))
    writer.int(SPAN.kind, SPAN_KINDS.server)
    writer.time(SPAN.startTime, startedAt)
    writer.time(SPAN.endTime, startedAt + record.durationMs)
    writer.openList(SPAN.attributes)
    kind.attributes()
    writeRequest(record, details)
    writer.closeList()
    if (details.droppedAttributesCount) writer.int(SPAN.droppedAttributes, details.droppedAttributesCount)
    writeEvents(writer, values, details.events)
    if (details.droppedEventsCount) writer.int(SPAN.droppedEvents, details.droppedEventsCount)
    writeLinks(writer, values, details.links)
    if (details.droppedLinksCount) writer.int(SPAN.droppedLinks, details.droppedLinksCount)
    if (details.status !== undefined) writeStatus(writer, values, details.status)
    else if (status >= 500) failed()
    // A written span is sampled, even if the caller decided otherwise. A parent is always remote: it was in
    // the request's headers.
    writer.fixed32(SPAN.flags, flagsOf(trace.random ? 3 : 1, trace.parentId === undefined ? undefined : true))
    return writer.finish()
  }

  /**
   * Writes the part that differs per request. Typed functions are used, since `values.attribute` would check
   * the type each time.
   */
  function writeRequest(record: RequestRecord, details: ServerSpanDetails): void {
    const { errorType } = details
    text('url.path', record.path)
    text('url.query', details.query)
    // The conventions define header attributes as lists, since a header can be repeated.
    writer.listedTextAttribute(SPAN.attributes, 'http.request.header.x-request-id', record.id)
    text('client.address', record.clientIp)
    text('user_agent.original', record.userAgent)
    text('http.request.method_original', details.originalMethod)
    writeHost(details)
    text('network.peer.address', details.peerAddress)
    number('network.peer.port', details.peerPort)
    if (errorType !== undefined) text('error.type', errorType)
    else if (record.status !== undefined && record.status >= 500) text('error.type', String(record.status))
    each(record.fields)
    if (details.attributes !== undefined) each(details.attributes)
  }

  /** Writes host and protocol: the same for most requests of a service. */
  function writeHost({ serverAddress, serverPort, protocolVersion }: ServerSpanDetails): void {
    const write = (): void => {
      text('server.address', serverAddress)
      number('server.port', serverPort)
      text('network.protocol.version', protocolVersion)
    }
    const known = hosts.get(serverAddress)
    if (known !== undefined && known.port === serverPort && known.version === protocolVersion)
      return known.again()
    if (known === undefined && hosts.size < REMEMBERED_HOSTS)
      hosts.set(serverAddress, { port: serverPort, version: protocolVersion, again: writer.prepare(write) })
    write()
  }

  function text(key: string, value: string | undefined): void {
    if (value !== undefined) writer.textAttribute(SPAN.attributes, key, values.limited(value))
  }

  function number(key: string, value: number | undefined): void {
    if (value !== undefined) values.attribute(SPAN.attributes, key, value)
  }

  function each(attributes: Attributes): void {
    for (const key of Object.keys(attributes)) values.attribute(SPAN.attributes, key, attributes[key])
  }
}

/** The name of an unknown method is left out: it would give each invented method its own span name. */
function nameOf({ method, route }: RequestRecord): string {
  const verb = method === '_OTHER' ? 'HTTP' : method
  return route === undefined ? verb : `${verb} ${route}`
}

/** The common part of spans with the same host. */
interface Host {
  readonly port: number | undefined
  readonly version: string | undefined
  readonly again: Prepared
}

/** The common part of spans with the same route, method, status and scheme. */
interface Kind {
  readonly name: Prepared
  readonly attributes: Prepared
}

/** A lookup in three steps. A combined key would cost more than the rest of the span's head. */
function rememberedKinds(prepare: (record: RequestRecord) => Kind): (record: RequestRecord) => Kind {
  const routes = new Map<string | undefined, Map<string, Map<number, Kind>>>()
  let remembered = 0
  return (record) => {
    const { route, method, status = 0, scheme } = record
    const code = 2 * status + (scheme === 'https' ? 1 : 0)
    const known = routes.get(route)?.get(method)?.get(code)
    if (known !== undefined) return known
    if (remembered++ >= REMEMBERED_KINDS) {
      routes.clear()
      remembered = 1
    }
    const kind = prepare(record)
    const methods = routes.get(route) ?? new Map<string, Map<number, Kind>>()
    const codes = methods.get(method) ?? new Map<number, Kind>()
    routes.set(route, methods.set(method, codes.set(code, kind)))
    return kind
  }
}
