import { performance } from 'node:perf_hooks'

import type { Logger } from 'pino'

import { type Baggage, BAGGAGE_HEADER, type BaggageRules } from '../context/baggage.ts'
import type { RunningScope, ScopeStorage } from '../context/scopes.ts'
import type { RequestIdRule, RouteRule, Trust } from '../options/rules.ts'
import type { Printer } from '../printing/printer.ts'
import { isAbort } from '../record/failure.ts'
import { knownMethod } from '../record/method.ts'
import { pathOf } from '../record/path.ts'
import type {
  Exchange,
  FaultReporter,
  Fields,
  NodeRequest,
  Observation,
  Outcome,
  RequestRecord,
  TraceContext,
} from '../seam.ts'
import { tracingOf } from '../tracing/registered.ts'
import type { RequestTracing, TracedRequest } from '../tracing/request-tracing.ts'
import { isHandedOver, whenAnswered } from './handover.ts'
import {
  acceptable,
  givenId,
  isTrusted,
  receivedTrace,
  refusedTrace,
  ruledRoute,
  sentId,
} from './incoming.ts'
import { endWithConnection } from './pipelined.ts'
import { predecessorOf } from './predecessor.ts'
import type { ObservedRequest, Sinks } from './sinks.ts'
import { breachOf, hasLeft } from './unfinished.ts'
import { type BodyListener, Wire } from './wire.ts'

/** The shared parts of one Sightline's observations. */
export interface ObservationSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  readonly newId: () => string
  readonly trust: Trust
  /** The application's own rule for ids. Absent: none. */
  readonly requestId: RequestIdRule | undefined
  readonly baggage: BaggageRules
  /** The application's own rule for routes. Absent: none. */
  readonly route: RouteRule | undefined
  /** Makes the logger of a scope. Called for the first line only. */
  readonly loggerFor: (scope: RunningScope, existing: unknown) => Logger
  readonly sinks: Pick<Sinks, 'begin' | 'write' | 'late'>
  /** Reports faults of Sightline itself and of functions from the options. */
  readonly fault: FaultReporter
}

/** An in-flight request, from its arrival to the end of its response. */
export class LiveObservation implements Observation, TracedRequest, ObservedRequest {
  readonly kind = 'request'
  id: string
  readonly method: string
  readonly scheme: RequestRecord['scheme']
  /** The original target. Frameworks change `req.url`, some permanently. */
  readonly target: string
  fields: Fields = {}
  readonly startedAt = Date.now()
  traced: unknown = undefined
  logged: unknown = undefined
  readonly #setup: ObservationSetup
  /** `null`: not determined yet. */
  #tracing: RequestTracing | undefined | null = null
  #trace: TraceContext | undefined = undefined
  readonly #trusted: boolean
  #baggage: Baggage | undefined | null = null
  readonly #start = performance.now()
  readonly #wire: Wire
  #exchange: Exchange
  readonly #existingLog: Logger | undefined
  #log: Logger | undefined = undefined
  #error: unknown = undefined
  /** Whether the client was still connected when the error was reported. */
  #failedFirst = false
  /** Whether the head was written before the error. If so, its status does not reflect the error. */
  #failedLater = false
  #ended = false
  /** The record of the ended request. Absent: the request is in flight. */
  #record: RequestRecord | undefined = undefined
  #leaveQueue: (() => void) | undefined = undefined

  constructor(setup: ObservationSetup, exchange: Exchange) {
    const { req, res } = exchange
    const trusted = isTrusted(setup.trust, req, setup.fault)
    this.#setup = setup
    this.#trusted = trusted
    this.#exchange = exchange
    const { id, log } = predecessorOf(req)
    this.#existingLog = log
    this.id =
      acceptable(exchange.id) ??
      acceptable(id) ??
      (setup.requestId && givenId(setup.requestId, exchange, setup.fault)) ??
      sentId(req, trusted) ??
      setup.newId()
    this.method = knownMethod(req.method)
    this.target = exchange.target ?? req.url ?? ''
    this.scheme = (req.socket as { encrypted?: boolean } | null)?.encrypted === true ? 'https' : 'http'
    this.#wire = new Wire(this, req, res)
    if (isHandedOver(req)) whenAnswered(req.socket, (status) => this.#wire.answeredPastNode(status))
    // Node knows the address only while the connection is open. Reading it now makes node keep it.
    void req.socket?.remoteAddress
    exchange.echo?.(this.id)
  }

  get path(): string {
    return pathOf(this.target)
  }

  /**
   * Determined at the first use. With a foreign SDK, an inner adapter may run by then within the span of the
   * framework's instrumentation.
   */
  get trace(): TraceContext {
    return (this.#trace ??= this.#settledTrace())
  }

  get received(): TraceContext {
    return receivedTrace(this.#exchange.req, this.#trusted)
  }

  get refused(): TraceContext | undefined {
    return refusedTrace(this.#exchange.req, this.#trusted)
  }

  get baggage(): Baggage | undefined {
    if (this.#baggage === null) {
      // Node joins repeated headers of this name into one.
      const header = this.#exchange.req.headers[BAGGAGE_HEADER]
      this.#baggage = this.#trusted ? this.#setup.baggage.read(header) : undefined
    }
    return this.#baggage
  }

  set baggage(members: Baggage | undefined) {
    this.#baggage = members
  }

  get exchange(): Exchange {
    return this.#exchange
  }

  get req(): NodeRequest {
    return this.#exchange.req
  }

  get age(): number {
    return performance.now() - this.#start
  }

  get ended(): boolean {
    return this.#ended
  }

  hearBodies(listener: BodyListener): void {
    this.#wire.listener = listener
  }

  routeSoFar(): string | undefined {
    return this.#ask('route')
  }

  openedSpan(): unknown {
    return this.#ask('span')
  }

  maskedPath(): string {
    return this.#setup.printer.path(this.path, this.routeSoFar())
  }

  masked(text: string): string {
    return this.#setup.printer.text(text)
  }

  printed(error: unknown): unknown {
    return this.#setup.printer.value(error)
  }

  get log(): Logger {
    this.#log ??= this.#setup.loggerFor(this, this.#ask('log') ?? this.#existingLog)
    return this.#log
  }

  set(fields: Fields): void {
    const { printer, sinks } = this.#setup
    // The record keeps the previous object.
    if (this.#record) this.fields = { ...this.fields }
    printer.addTo(this.fields, fields)
    if (this.#record) sinks.late(this.#record, { fields })
  }

  run<T>(fn: () => T): T {
    const { storage } = this.#setup
    const tracing = this.#whoTraces()
    if (tracing?.run === undefined) return storage.run(this, fn)
    // The trace must be settled before code runs in it.
    void this.trace
    return tracing.run(this, () => storage.run(this, fn))
  }

  fail(error: unknown): void {
    const thrown = error ?? new Error(`the handler threw ${String(error)}`)
    if (this.#record) this.#failLate(this.#record, thrown)
    else if (this.#error === undefined) {
      this.#error = thrown
      this.#failedFirst = !hasLeft(this.#exchange.req, this.#exchange.res)
      this.#failedLater = this.#exchange.res.headersSent
    }
  }

  /** Takes over a later exchange of the same request. An inner adapter knows the route better than an outer one. */
  adopt(exchange: Exchange): void {
    this.#exchange = exchange
    this.id = acceptable(exchange.id) ?? this.id
    exchange.echo?.(this.id)
  }

  /** Ends a queued pipelined response with its connection. Node would not report that end. */
  awaitTurn(): void {
    this.#leaveQueue = endWithConnection(this.#exchange.req, this.#exchange.res, this)
  }

  /** @param isFinished whether node has sent the whole response */
  end(isFinished: boolean): void {
    if (this.#ended) return
    this.#ended = true
    this.#leaveQueue?.()
    const now = performance.now()
    const { req } = this.#exchange
    const wire = this.#wire
    const route = this.#ruledRoute() ?? this.#ask('route')
    const { printer } = this.#setup
    const userAgent = req.headers['user-agent']
    // `upgrade` is true only if a listener of the application has taken over the connection. Node sends no status in
    // this case.
    const upgraded = isHandedOver(req) && wire.status === undefined
    const outcome = isFinished || upgraded ? 'completed' : this.#outcomeOfUnfinished()
    const record: RequestRecord = {
      id: this.id,
      method: this.method,
      route,
      path: printer.path(this.path, route),
      status: upgraded ? 101 : wire.status,
      outcome,
      startedAt: this.startedAt,
      durationMs: now - this.#start,
      ttfbMs: wire.firstByteAt === undefined ? undefined : wire.firstByteAt - this.#start,
      streamed: upgraded || wire.streamed,
      requestBytes: wire.requestBytes,
      responseBytes: this.method === 'HEAD' ? 0 : wire.responseBytes,
      scheme: this.scheme,
      clientIp: this.#ask('clientIp'),
      userAgent: userAgent === undefined ? undefined : printer.remembered(userAgent),
      trace: this.trace,
      fields: this.fields,
      error: undefined,
    }
    this.#error ??= this.#ask('error')
    if (this.#error !== undefined) tellOf(this.#error, record, printer)
    this.#endTrace(record)
    this.#record = record
    this.#setup.sinks.write(record, this)
  }

  #outcomeOfUnfinished(): Outcome {
    const { req, res } = this.#exchange
    if (this.#error === undefined) {
      this.#error = this.#ask('error')
      this.#failedFirst = this.#error !== undefined && !isAbort(this.#error)
    }
    const breach = breachOf(req, res)
    this.#error ??= breach?.error
    if (breach) return 'broken'
    const { status = 0 } = this.#wire
    // A response that reports the client's own mistake (4xx) is no failure. A response passed to node completely is not
    // broken.
    const isAnswered = res.writableEnded || (!this.#failedLater && status >= 400 && status < 500)
    return this.#failedFirst && !isAnswered ? 'broken' : 'aborted'
  }

  /** Frameworks report an error repeatedly, and some report the closed response as a further error. */
  #failLate(record: RequestRecord, error: unknown): void {
    if (error === this.#error) return
    if (record.outcome !== 'completed' && isAbort(error)) return
    this.#error = error
    this.#setup.sinks.late(record, { error })
  }

  #whoTraces(): RequestTracing | undefined {
    if (this.#tracing === null) this.#tracing = tracingOf(this)
    return this.#tracing
  }

  #settledTrace(): TraceContext {
    try {
      const tracing = this.#whoTraces()
      if (tracing) return tracing.settle(this)
    } catch (error) {
      this.#setup.fault('tracing', error)
    }
    return this.received
  }

  #endTrace(record: RequestRecord): void {
    try {
      this.#whoTraces()?.end(this, record)
    } catch (error) {
      this.#setup.fault('tracing', error)
    }
  }

  #ruledRoute(): string | undefined {
    const { route, fault } = this.#setup
    return route && ruledRoute(route, this.#exchange, fault)
  }

  /** Asks the adapter. It runs code of the framework and of the application, which may throw. */
  #ask<Q extends Question>(what: Q): Answer<Q> | undefined {
    try {
      return this.#exchange[what]?.() as Answer<Q> | undefined
    } catch (error) {
      this.#setup.fault(`the adapter's ${what}`, error)
      return undefined
    }
  }
}

/** Sets the masked error of a record at the first read: printing it costs more than the rest of a request. */
function tellOf(error: unknown, record: RequestRecord, printer: Printer): void {
  let masked: unknown
  Object.defineProperty(record, 'error', {
    enumerable: true,
    configurable: true,
    get: () => (masked ??= printer.error(error)),
  })
}

type Question = 'route' | 'clientIp' | 'error' | 'log' | 'span'
type Answer<Q extends Question> = ReturnType<NonNullable<Exchange[Q]>>
