/**
 * The seam between the core and its surroundings. An adapter passes an {@link Exchange} and drives the
 * {@link Observation} that it gets back. At the end, each {@link Sink} gets the {@link RequestRecord}.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Server } from 'node:net'

import type { Logger } from 'pino'

/** A request of node, over HTTP/1 or HTTP/2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest
/** The response to a {@link NodeRequest}. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** A server of `node:http`, `node:https` or `node:http2`. */
export type HttpServer = Server & {
  closeIdleConnections?(): void
  closeAllConnections?(): void
}

/** The header of the request id, on requests and responses. */
export const REQUEST_ID_HEADER = 'x-request-id'

/** Reports a fault of Sightline itself, or of a function of the application. `source` names the failing part. */
export type FaultReporter = (source: string, error: unknown) => void

/** Masks data that leaves the process, by names and shapes of secrets and by `log.redact`. Never throws. */
export interface Masking {
  /** A masked copy as JSON-compatible data: plain objects, arrays, texts, numbers, booleans and null. */
  value(value: unknown): unknown
  /** Whether the value of a field with this name must be hidden. */
  hides(name: string, value: unknown): boolean
  /** A masked text of any length. */
  mask(text: string): string
  /** A masked text, cut if it is too long. */
  text(text: string): string
  /**
   * A masked copy of a thrown value. The copy of an error is an error of the same class, with masked message, stack and
   * properties. Other values are copied as by `value`. Printing the copy again changes nothing.
   */
  error(thrown: unknown): unknown
}

/** The position of a request or job in a distributed trace. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits. The span of this request itself. */
  readonly spanId: string
  /** The caller's span. `undefined`: the trace starts here. */
  readonly parentId: string | undefined
  /** Whether the caller records this trace. */
  readonly sampled: boolean
  /** Whether the trace id is known to be random, so that services can sample by it. Absent: false. */
  readonly random?: boolean
  /** The `tracestate` list in its propagated form. */
  readonly state: string | undefined
}

/**
 * Fields that an application adds to its log lines and access events. Declaration merging adds the types of your own
 * fields: `declare module '@sightline/core' { interface Fields { tenant?: string } }`.
 */
export interface Fields {
  [name: string]: unknown
}

/** A request as its framework hands it over: node's two objects, and the data that node does not have. */
export interface Exchange {
  readonly req: NodeRequest
  readonly res: NodeResponse
  /** The original target, if the framework changes `req.url`. Read once, at the start. Absent: `req.url`. */
  readonly target?: string
  /** An id that the application has given the request: a text or a number. */
  readonly id?: unknown
  /**
   * Sets the request's id in the response headers in the framework's own way. If it is absent, or the framework does
   * not write the response, the id is added when the head is written.
   */
  echo?(id: string): void
  /**
   * The matched pattern, such as `/users/:id`. `undefined`: no route has matched. The call at the end of the request
   * counts, because Express and Koa route late.
   */
  route(): string | undefined
  /** The client's address by the framework's own proxy setting. Called once, at the end. */
  clientIp(): string | undefined
  /** An error that the framework does not pass to plugins. Called once, at the end, if none was reported. */
  error?(): unknown
  /** The logger that the framework has made for this request. A pino logger writes the lines of the request. */
  log?(): unknown
  /** The OpenTelemetry span that an instrumentation of the framework has opened for this request. */
  span?(): unknown
}

/** An in-flight request. It ends by itself, when node ends the response. */
export interface Observation {
  /** The request id: the caller's, or a new one. */
  readonly id: string
  /** A logger whose lines carry this request's context, also outside of the request's code. */
  readonly log: Logger
  /** The position of this request in its trace. */
  readonly trace: TraceContext
  /** Whether the record has been written. An error that is reported later gets an event of its own. */
  readonly ended: boolean
  /** Adds fields to the later log lines of this request and to its access event. */
  set(fields: Fields): void
  /** Runs `fn` with this request as the current one. */
  run<T>(fn: () => T): T
  /**
   * Reports an error that the framework caught. The first report counts. An unfinished response is `broken` if the
   * error was reported before the client left.
   */
  fail(error: unknown): void
}

/** How an exchange ended. `aborted`: the client left first. `broken`: the service broke off its own response. */
export type Outcome = 'completed' | 'aborted' | 'broken'

/**
 * The data of an ended request. Plain data that can be compared, stored and sent. Secrets are masked, also those of the
 * application's own `log.redact`, so sinks can send it as it is.
 */
export interface RequestRecord {
  readonly id: string
  /** One of the methods of RFC 9110 and RFC 5789, else `_OTHER`. */
  readonly method: string
  /** The matched pattern. `undefined`: no route matched. */
  readonly route: string | undefined
  /**
   * The request target without its query, masked. Route parameters with the name of a secret are masked as well
   * (`/reset/:token`). Never a metric label.
   */
  readonly path: string
  /** The status that was sent. `undefined`: the response ended before one was sent. */
  readonly status: number | undefined
  readonly outcome: Outcome
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Milliseconds on the monotonic clock, from the arrival of the headers to the end of the response. */
  readonly durationMs: number
  /** Milliseconds to the head of the response. `undefined`: no head was written. */
  readonly ttfbMs: number | undefined
  /** Whether the response is a stream (server-sent events, an upgrade), whose duration is no measure of speed. */
  readonly streamed: boolean
  /** Bytes of the request's body that arrived. */
  readonly requestBytes: number
  /** Bytes of the response's body that the application passed to node. */
  readonly responseBytes: number
  readonly scheme: 'http' | 'https'
  readonly clientIp: string | undefined
  /** Masked. */
  readonly userAgent: string | undefined
  readonly trace: TraceContext
  /** Copies. They were masked when they were set. */
  readonly fields: Fields
  /**
   * The thrown value, masked. An error becomes a copy of the same class (`instanceof`, `name`, `code` and `cause` are
   * the same) with masked message, stack and properties. The copy is made at the first read.
   */
  readonly error: unknown
}

/** A consumer of records. Its errors are counted and reported once, and affect neither the host nor other sinks. */
export interface Sink {
  /** The sink's name in warnings and in `sightline_sink_errors_total`. */
  readonly name: string
  /** Called once for each request that begins. Both arguments are as in the record. */
  begin?(method: string, scheme: RequestRecord['scheme']): void
  /** Called once for each request that ends. Must not block the event loop. */
  write(record: RequestRecord): void
  /** Flushes and stops. */
  close?(): Promise<void>
}

/** A route of the application, with or without requests so far. */
export interface KnownRoute {
  /** `*`: all methods. */
  readonly method: string
  readonly route: string
}

/** Observes requests. */
export interface Observer {
  /** Starts to observe an exchange. A second call for the same request returns the same observation. */
  observe(exchange: Exchange): Observation
}

/** The face of a Sightline for an adapter, or for a server without one: `hostOf` of `@sightline/core/adapter`. */
export interface Host extends Observer {
  /** Whether a request is for one of Sightline's own endpoints. Such a request is not observed. */
  isEndpoint(req: NodeRequest): boolean
  /** Responds to a request for one of Sightline's own endpoints. Returns `false` for other requests. */
  serve(req: NodeRequest, res: NodeResponse): boolean
  /** Announces routes before their first request, so that their series exist at 0. */
  know(routes: readonly KnownRoute[]): void
  /**
   * Includes the framework in the shutdown: from now on, each HTTP server that starts to listen ends with the process,
   * unless the options disable this.
   *
   * @param close the framework's own end
   * @param begun called for each server that starts to listen. An error that it throws ends the process
   */
  accompany(name: string, close?: () => Promise<unknown>, begun?: (server: HttpServer) => void): void
  /**
   * Observes connections that are handed over to another protocol, such as WebSocket, bypassing the framework.
   *
   * @param server the server of the observed requests; absent if it is not known yet
   */
  watchUpgrades(server?: HttpServer): void
  /** Excludes the upgrades of a server: its framework passes them to its own routes, where they are observed. */
  leaveUpgrades(server: HttpServer): void
  /**
   * Makes the framework's own logger carry the context, and writes the access event through it. A logger in the options
   * has priority. Returns `false`, and does nothing, if it is no pino logger.
   */
  useLogger(logger: unknown): boolean
  /** Reports a fault of the adapter: one warning per `source`, and a count. Never throws. */
  readonly fault: FaultReporter
}
