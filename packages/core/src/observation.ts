import { performance } from 'node:perf_hooks'

import type { Logger } from 'pino'

import { BAGGAGE_HEADER, type BaggageRules } from './baggage.ts'
import type { FaultReporter } from './fault.ts'
import type { Printer } from './log/printer.ts'
import type { QuietLines } from './log/quiet-lines.ts'
import { knownMethod } from './method.ts'
import { endWithConnection } from './pipelined.ts'
import { predecessorOf } from './predecessor.ts'
import { isRequestId, REQUEST_ID_HEADER, type Trust } from './request-id.ts'
import type { Baggage, InnerScope, ScopeStorage } from './scopes.ts'
import type { Exchange, Fields, Observation, Observer, Outcome, RequestRecord } from './seam.ts'
import { continueTrace, startTrace, type TraceContext, type TraceHeaders } from './trace-context.ts'
import { type RequestTracing, type TracedRequest, tracingOf } from './tracing/registered.ts'
import { type NodeRequest, type NodeResponse, Wire } from './wire.ts'

/** What the observations of one Sightline share. */
export interface ObservationSetup {
  readonly storage: ScopeStorage
  readonly printer: Printer
  readonly newId: () => string
  readonly trust: Trust
  readonly baggage: BaggageRules
  /** Makes the logger of one scope. Called when the first line is about to be written, if ever. */
  readonly loggerFor: (scope: InnerScope, existing: Logger | undefined) => Logger
  readonly begin: (method: string, scheme: RequestRecord['scheme']) => void
  readonly end: (record: RequestRecord, loggedElsewhere: boolean, quiet: QuietLines | undefined) => void
  /** Makes what keeps the lines of a request that are below the level. Absent: nothing keeps them. */
  readonly quiet: (() => QuietLines) | undefined
  /** Told of a fault of Sightline's own or of a function that the user gave it. */
  readonly fault: FaultReporter
}

// Registered for all copies of this module, so that two Sightlines over one server count a request once.
const OBSERVATION = Symbol.for('sightline.observation')

interface Observed {
  [OBSERVATION]?: LiveObservation
}

/** The methods of RFC 9110 and RFC 5789: https://opentelemetry.io/docs/specs/semconv/http/http-metrics/ */
/** Makes the observer of one Sightline. */
export function createObserver(setup: ObservationSetup): Observer {
  return {
    observe(exchange) {
      const observed = exchange.req as Observed
      const known = observed[OBSERVATION]
      if (known) {
        known.adopt(exchange)
        return known
      }
      const observation = new LiveObservation(setup, exchange)
      observed[OBSERVATION] = observation
      ;(exchange.res as Observed)[OBSERVATION] = observation
      exchange.res.on('finish', onFinish)
      // Before those who end a span of this request with its connection: it has to be complete by then.
      exchange.res.prependListener('close', onClose)
      observation.awaitTurn()
      setup.begin(observation.method, observation.scheme)
      return observation
    },
  }
}

class LiveObservation implements Observation, TracedRequest {
  id: string
  readonly method: string
  readonly scheme: RequestRecord['scheme']
  /** Express cuts the mount path off `req.url` and may leave it so: this is the target as it came. */
  readonly target: string
  readonly fields: Fields = {}
  readonly quiet: QuietLines | undefined
  readonly startedAt = Date.now()
  traced: unknown = undefined
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
  readonly #loggedElsewhere: boolean
  #log: Logger | undefined = undefined
  #error: unknown = undefined
  #ended = false
  #leaveQueue: (() => void) | undefined = undefined

  constructor(setup: ObservationSetup, exchange: Exchange) {
    const { req, res } = exchange
    const trusted = isTrusted(setup, req)
    this.#setup = setup
    this.#trusted = trusted
    this.quiet = setup.quiet?.()
    this.#exchange = exchange
    const { id, log, allLogs } = predecessorOf(req)
    this.#existingLog = log
    this.#loggedElsewhere = allLogs !== undefined
    this.id = acceptable(exchange.id) ?? acceptable(id) ?? sentId(req, trusted) ?? setup.newId()
    this.method = knownMethod(req.method)
    this.target = req.url ?? ''
    this.scheme = (req.socket as { encrypted?: boolean } | null)?.encrypted === true ? 'https' : 'http'
    this.#wire = new Wire(this, req, res)
    // Known to node only while the connection is there, which it may no longer be at the end. Kept by node once asked.
    void req.socket?.remoteAddress
    if (!res.headersSent) res.setHeader(REQUEST_ID_HEADER, this.id)
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
    const headers = this.#exchange.req.headers as TraceHeaders
    return this.#trusted && headers.traceparent !== undefined ? continueTrace(headers) : startTrace()
  }

  get refused(): TraceContext | undefined {
    if (this.#trusted) return undefined
    const sent = continueTrace(this.#exchange.req.headers as TraceHeaders)
    return sent.parentId === undefined ? undefined : sent
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

  get req(): NodeRequest {
    return this.#exchange.req
  }

  get age(): number {
    return performance.now() - this.#start
  }

  routeSoFar(): string | undefined {
    return this.#ask('route', () => this.#exchange.route())
  }

  openedSpan(): unknown {
    return this.#ask('span', () => this.#exchange.span?.())
  }

  masked(text: string): string {
    return this.#setup.printer.text(text)
  }

  printed(error: unknown): unknown {
    return this.#setup.printer.value(error)
  }

  get log(): Logger {
    this.#log ??= this.#setup.loggerFor(this, this.#existingLog)
    return this.#log
  }

  set(fields: Fields): void {
    this.#setup.printer.addTo(this.fields, fields)
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
    this.#error ??= error ?? new Error(`the handler threw ${String(error)}`)
  }

  /** Takes a later exchange of the same request: an inner adapter knows more of the route than an outer one. */
  adopt(exchange: Exchange): void {
    this.#exchange = exchange
    const id = acceptable(exchange.id)
    if (id === undefined || id === this.id) return
    this.id = id
    if (!exchange.res.headersSent) exchange.res.setHeader(REQUEST_ID_HEADER, this.id)
  }

  /** Has the connection end a response that waits behind others, where node would not. */
  awaitTurn(): void {
    this.#leaveQueue = endWithConnection(this.#exchange.req, this.#exchange.res, this)
  }

  end(outcome: Outcome): void {
    if (this.#ended) return
    this.#ended = true
    this.#leaveQueue?.()
    const now = performance.now()
    const exchange = this.#exchange
    const { req } = exchange
    const wire = this.#wire
    // `upgrade` is true only if a listener of the application has taken the connection over; node sends no status then.
    const upgraded = (req as { upgrade?: boolean | null }).upgrade === true && wire.status === undefined
    const record: RequestRecord = {
      id: this.id,
      method: this.method,
      route: this.#ask('route', () => exchange.route()),
      path: this.path,
      status: upgraded ? 101 : wire.status,
      outcome: upgraded ? 'completed' : outcome,
      startedAt: this.startedAt,
      durationMs: now - this.#start,
      ttfbMs: wire.firstByteAt === undefined ? undefined : wire.firstByteAt - this.#start,
      streamed: upgraded || wire.streamed,
      requestBytes: wire.requestBytes,
      responseBytes: this.method === 'HEAD' ? 0 : wire.responseBytes,
      scheme: this.scheme,
      clientIp: this.#ask('clientIp', () => exchange.clientIp()),
      userAgent: req.headers['user-agent'],
      trace: this.trace,
      fields: this.fields,
      error: this.#error ?? this.#ask('error', () => exchange.error?.()),
    }
    this.#endTrace(record)
    this.#setup.end(record, this.#loggedElsewhere, this.quiet)
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

  /** What the framework knows. Asked by code that is not ours, of objects that are not ours. */
  #ask<T>(what: string, question: () => T): T | undefined {
    try {
      return question()
    } catch (error) {
      this.#setup.fault(`the adapter's ${what}`, error)
      return undefined
    }
  }
}

function onFinish(this: NodeResponse & Observed): void {
  this[OBSERVATION]?.end(isReset(this) ? 'aborted' : 'completed')
}

function onClose(this: NodeResponse & Observed): void {
  this[OBSERVATION]?.end('aborted')
}

/** Over HTTP/2 node emits `finish` for a stream that the client has reset as well. */
function isReset(res: NodeResponse): boolean {
  return 'stream' in res && (res.stream.aborted || res.stream.rstCode !== 0)
}

function isTrusted(setup: ObservationSetup, req: NodeRequest): boolean {
  if (typeof setup.trust === 'string') return setup.trust === 'always'
  try {
    return setup.trust(req) === true
  } catch (error) {
    setup.fault('option trust', error)
    return false
  }
}

/** An id that the application has given the request, if it is one that can be passed on. */
function acceptable(id: unknown): string | undefined {
  const text = typeof id === 'number' ? String(id) : id
  return isRequestId(text) ? text : undefined
}

function sentId(req: NodeRequest, trusted: boolean): string | undefined {
  const sent = req.headers[REQUEST_ID_HEADER]
  return sent !== undefined && trusted && isRequestId(sent) ? sent : undefined
}

/** The path of a request target. Cut by position: a target may be anything, and a parser may throw. */
function pathOf(target: string): string {
  const query = target.indexOf('?')
  return query < 0 ? target : target.slice(0, query)
}
