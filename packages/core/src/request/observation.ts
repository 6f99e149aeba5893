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

/** What the observations of one Sightline share. */
export interface ObservationSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  readonly newId: () => string
  readonly trust: Trust
  /** The application's own way to make ids. Absent: it has none. */
  readonly requestId: RequestIdRule | undefined
  readonly baggage: BaggageRules
  /** The application's own names for routes. Absent: it has none. */
  readonly route: RouteRule | undefined
  /** Makes the logger of one scope. Called when the first line is about to be written, if ever. */
  readonly loggerFor: (scope: RunningScope, existing: unknown) => Logger
  readonly sinks: Pick<Sinks, 'begin' | 'write' | 'late'>
  /** Told of a fault of Sightline's own or of a function that the user gave it. */
  readonly fault: FaultReporter
}

/** A request under way, from its arrival to the end of its response. */
export class LiveObservation implements Observation, TracedRequest, ObservedRequest {
  readonly kind = 'request'
  id: string
  readonly method: string
  readonly scheme: RequestRecord['scheme']
  /** The target as it came: frameworks change `req.url` on the way, and may leave it so. */
  readonly target: string
  fields: Fields = {}
  readonly startedAt = Date.now()
  traced: unknown = undefined
  logged: unknown = undefined
  readonly #setup: ObservationSetup
  /** `null`: nobody has asked yet. */
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
  /** Whether the client was still there when the error was reported. */
  #failedFirst = false
  /** Whether the head was written before the error: then its status says nothing about it. */
  #failedLater = false
  #ended = false
  /** What has to be known of it once it has ended; absent: it has not. */
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
    // Known to node only while the connection is there, which it may no longer be at the end. Kept by node once asked.
    void req.socket?.remoteAddress
    exchange.echo?.(this.id)
  }

  get path(): string {
    return pathOf(this.target)
  }

  /**
   * Settled when it is first needed: with somebody else's SDK that is when an inner adapter may have brought us behind
   * the instrumentation that opens the span.
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
      // Node joins what came more than once, as for all headers that it does not know to be single.
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
    // The record's are not ours any more.
    if (this.#record) this.fields = { ...this.fields }
    printer.addTo(this.fields, fields)
    if (this.#record) sinks.late(this.#record, { fields })
  }

  run<T>(fn: () => T): T {
    const { storage } = this.#setup
    const tracing = this.#whoTraces()
    if (tracing?.run === undefined) return storage.run(this, fn)
    // What is active has to be settled before anything runs in it.
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

  /** Takes a later exchange of the same request: an inner adapter knows more of the route than an outer one. */
  adopt(exchange: Exchange): void {
    this.#exchange = exchange
    this.id = acceptable(exchange.id) ?? this.id
    exchange.echo?.(this.id)
  }

  /** Has the connection end a response that waits behind others, where node would not. */
  awaitTurn(): void {
    this.#leaveQueue = endWithConnection(this.#exchange.req, this.#exchange.res, this)
  }

  /** @param isFinished whether node has sent all of the response */
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
    // `upgrade` is true only if a listener of the application has taken the connection over; node sends no status then.
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
    // An answer that tells the client of its own mistake is no failure, and one that was handed over has an end.
    const isAnswered = res.writableEnded || (!this.#failedLater && status >= 400 && status < 500)
    return this.#failedFirst && !isAnswered ? 'broken' : 'aborted'
  }

  /** Frameworks report errors more than once, and some of them that the response is closed. */
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

  /** What the framework knows. Asked by code that is not ours, of objects that are not ours. */
  #ask<Q extends Question>(what: Q): Answer<Q> | undefined {
    try {
      return this.#exchange[what]?.() as Answer<Q> | undefined
    } catch (error) {
      this.#setup.fault(`the adapter's ${what}`, error)
      return undefined
    }
  }
}

/** Puts an error into a record, masked. Printing it costs more than everything else of a request: it waits for a reader. */
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
