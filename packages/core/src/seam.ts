/**
 * The seam between the core and everything around it. An adapter hands over an {@link Exchange} and drives the
 * {@link Observation} that it gets back; a {@link Sink} receives the {@link RequestRecord} that is left at the end.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import type { Server } from 'node:net'

import type { Logger } from 'pino'

/** A request as node hands it over, by HTTP/1 or HTTP/2. */
export type NodeRequest = IncomingMessage | Http2ServerRequest
/** The response to a {@link NodeRequest}. */
export type NodeResponse = ServerResponse | Http2ServerResponse

/** A server of `node:http`, `node:https` or `node:http2`. */
export type HttpServer = Server & {
  closeIdleConnections?(): void
  closeAllConnections?(): void
}

/** The header that carries a request id in and out. */
export const REQUEST_ID_HEADER = 'x-request-id'

/** Takes a fault of Sightline's own, or of a function that the user gave it. `source` names what failed. */
export type FaultReporter = (source: string, error: unknown) => void

/** Masks what is sent elsewhere, by the names and shapes of secrets and the application's own `log.redact`. Never throws. */
export interface Masking {
  /** A copy of a value: plain objects, arrays, texts, numbers, booleans and null. */
  value(value: unknown): unknown
  /** Whether the value of a field of this name must not be shown. */
  hides(name: string, value: unknown): boolean
  /** A text with its secrets masked, however long. */
  mask(text: string): string
  /** A text with its secrets masked, cut where it is too long. */
  text(text: string): string
  /**
   * A copy of what was thrown: of an error another error of the same class, whose message, stack and properties are masked;
   * else the same as `value`. Printing it again changes nothing.
   */
  error(thrown: unknown): unknown
}

/** The position of a request or job in a distributed trace. */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string
  /** 16 lower-case hexadecimal digits: this request's own span. */
  readonly spanId: string
  /** The caller's span; `undefined`: the trace starts here. */
  readonly parentId: string | undefined
  /** Whether the caller records this trace. */
  readonly sampled: boolean
  /** Whether the trace id is known to be random, so that every service can sample by it. Absent: it is not. */
  readonly random?: boolean
  /** The vendors' list, as it is passed on. */
  readonly state: string | undefined
}

/**
 * Fields that an application adds to its log lines and access events. Augment it by declaration merging to have your
 * own fields checked: `declare module '@sightline/core' { interface Fields { tenant?: string } }`.
 */
export interface Fields {
  [name: string]: unknown
}

/** A request as its framework hands it over: node's two objects, and what node cannot know. */
export interface Exchange {
  readonly req: NodeRequest
  readonly res: NodeResponse
  /** The target as it came, where the framework changes `req.url` on the way. Asked once, at the start. Absent: `req.url`. */
  readonly target?: string
  /** An id that the application has given the request itself: a text or a number. */
  readonly id?: unknown
  /**
   * Puts the request's id into the headers of its response in the framework's own way. Absent, or where the framework does
   * not write the response: the id is added when the head is written.
   */
  echo?(id: string): void
  /** The matched pattern, such as `/users/:id`; `undefined` where none matched. Asked once, at the end: Express and Koa route late. */
  route(): string | undefined
  /** The client's address by the framework's own proxy setting. Asked once, at the end. */
  clientIp(): string | undefined
  /** The error that the framework saw but does not hand to a plugin. Asked once, at the end, where none was reported. */
  error?(): unknown
  /** The logger that the framework has made for this request. Where it is one of pino's, the lines of the request are its. */
  log?(): unknown
  /** The span of OpenTelemetry's API that an instrumentation of the framework has opened for this request, if one has. */
  span?(): unknown
}

/** A request under way. It ends by itself, when node ends the response. */
export interface Observation {
  /** The request id: accepted from the caller or made. */
  readonly id: string
  /** A logger whose lines carry this request's context, wherever they are written. */
  readonly log: Logger
  /** The position of this request in its trace. */
  readonly trace: TraceContext
  /** Whether its record has been written: an error that is reported now is told in an event of its own. */
  readonly ended: boolean
  /** Adds fields to every later log line of this request and to its access event. */
  set(fields: Fields): void
  /** Runs `fn` with this request as the current one. */
  run<T>(fn: () => T): T
  /**
   * Reports the error that the framework caught. The first report counts. A response that was not finished is `broken` where
   * the error was reported before the client has left.
   */
  fail(error: unknown): void
}

/** How an exchange ended: `aborted` means that the client went away first, `broken` that the service broke off its own response. */
export type Outcome = 'completed' | 'aborted' | 'broken'

/**
 * What is known of a request once it has ended. Plain data: it can be compared, stored and sent. Secrets are masked in it, by
 * the application's own `log.redact` as well: a sink sends it as it is, and needs no printer.
 */
export interface RequestRecord {
  readonly id: string
  /** One of the methods of RFC 9110 and RFC 5789, else `_OTHER`. */
  readonly method: string
  /** The matched pattern; `undefined`: no route matched. */
  readonly route: string | undefined
  /**
   * The request target without its query, masked: also the parameters whose name in the route is that of a secret
   * (`/reset/:token`). Never a metric label.
   */
  readonly path: string
  /** The status that was sent; `undefined`: the response ended before one was sent. */
  readonly status: number | undefined
  readonly outcome: Outcome
  /** Milliseconds since the epoch. */
  readonly startedAt: number
  /** Milliseconds by the monotonic clock, from the arrival of the headers to the end of the response. */
  readonly durationMs: number
  /** Milliseconds until the headers of the response were written; `undefined`: none were. */
  readonly ttfbMs: number | undefined
  /** Whether the response is a stream by nature (server-sent events, an upgrade): its duration says nothing about speed. */
  readonly streamed: boolean
  /** Bytes of the request's body that arrived. */
  readonly requestBytes: number
  /** Bytes of the response's body that the application handed to node. */
  readonly responseBytes: number
  readonly scheme: 'http' | 'https'
  readonly clientIp: string | undefined
  /** Masked. */
  readonly userAgent: string | undefined
  readonly trace: TraceContext
  /** Copies, masked when they were set. */
  readonly fields: Fields
  /**
   * What was thrown, if anything was. Of an error a copy of the same class (`instanceof`, `name`, `code` and `cause` are as
   * they were) whose message, stack and properties are masked. Made when it is first read.
   */
  readonly error: unknown
}

/** A consumer of records. What it throws is counted and reported once, and reaches neither the host nor other sinks. */
export interface Sink {
  /** Names the sink in warnings and in `sightline_sink_errors_total`. */
  readonly name: string
  /** Called once for each request that has begun, before anything is known of its end. Both as in the record. */
  begin?(method: string, scheme: RequestRecord['scheme']): void
  /** Called once for each request that has ended. Must not keep the event loop busy. */
  write(record: RequestRecord): void
  /** Flushes and stops. */
  close?(): Promise<void>
}

/** A route that the application has, whether or not it has been requested yet. */
export interface KnownRoute {
  /** `*`: it takes all of them. */
  readonly method: string
  readonly route: string
}

/** Observes requests. */
export interface Observer {
  /** Begins to observe an exchange. Observing the same request again returns the same observation. */
  observe(exchange: Exchange): Observation
}

/** What a Sightline offers to the adapter of a framework, or to a server without one: `hostOf` of `@sightline/core/adapter`. */
export interface Host extends Observer {
  /** Whether a request is for one of Sightline's own endpoints: it is not observed. */
  isEndpoint(req: NodeRequest): boolean
  /** Answers a request if it is for one of Sightline's own endpoints. `false`: it is not. */
  serve(req: NodeRequest, res: NodeResponse): boolean
  /** Announces routes before their first request, so that their series exist at 0. */
  know(routes: readonly KnownRoute[]): void
  /**
   * Ends every HTTP server that listens from now on together with the process, unless the options say otherwise.
   *
   * @param close what the framework does at its end
   * @param begun looks at each server that begins to listen. What it throws ends the process, unless that catches it
   */
  accompany(name: string, close?: () => Promise<unknown>, begun?: (server: HttpServer) => void): void
  /**
   * Observes the connections that are handed over to another protocol, such as WebSocket's, past the framework.
   *
   * @param server the one whose requests are observed; absent where it is not known yet
   */
  watchUpgrades(server?: HttpServer): void
  /** Tells that the framework brings the upgrades of a server to its own routes, so that no service observes them past it. */
  leaveUpgrades(server: HttpServer): void
  /**
   * Lets the framework's own logger carry the context, and writes the access event through it. `false`: it is no pino logger,
   * and nothing was done. A logger that the options name comes first.
   */
  useLogger(logger: unknown): boolean
  /** Reports a fault of the adapter: one warning for each `source`, and a count. Never throws. */
  readonly fault: FaultReporter
}
