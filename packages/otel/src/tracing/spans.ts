import { type SpanContext, SpanKind, TraceFlags } from '@opentelemetry/api'
import type { RequestRecord } from '@sightline/core'
import type { FinishedSpan, Scope } from '@sightline/otlp'

import type { ServerSpanDetails } from '../export/server-span.ts'
import type { Clock } from './clock.ts'
import { LiveSpan } from './span.ts'

/** Receives ended spans. */
export interface SpanSink {
  /** The SERVER span of a request, described by its record. `valuable`: it failed or was slow. */
  request(record: RequestRecord, details: ServerSpanDetails, valuable: boolean): void
  span(span: FinishedSpan, scope: Scope, valuable: boolean): void
}

const KINDS: Readonly<Record<SpanKind, FinishedSpan['kind']>> = {
  [SpanKind.INTERNAL]: 'internal',
  [SpanKind.SERVER]: 'server',
  [SpanKind.CLIENT]: 'client',
  [SpanKind.PRODUCER]: 'producer',
  [SpanKind.CONSUMER]: 'consumer',
}

/** The parent of a span. */
export interface Parent {
  readonly spanId: string | undefined
  readonly isRemote: boolean
  readonly state: string | undefined
}

/** A span created through the API. */
export class OperationSpan extends LiveSpan {
  /** The SDK's spans have this property, and instrumentations read it. */
  readonly kind: SpanKind
  readonly #parent: Parent
  readonly #start: number
  readonly #ended: (span: FinishedSpan) => void
  /** The enclosing request, if any. */
  readonly request: RequestSpans | undefined
  #name: string

  constructor(
    spanContext: SpanContext,
    clock: Clock,
    about: {
      readonly name: string
      readonly kind: SpanKind
      readonly parent: Parent
      readonly start: number
      readonly request: RequestSpans | undefined
    },
    ended: (span: FinishedSpan) => void,
  ) {
    super(spanContext, clock)
    this.#name = about.name
    this.kind = about.kind
    this.#parent = about.parent
    this.#start = about.start
    this.request = about.request
    this.#ended = ended
  }

  get parentSpanContext(): SpanContext | undefined {
    const { spanId, isRemote } = this.#parent
    return spanId === undefined ? undefined : { ...this.spanContext(), spanId, isRemote }
  }

  updateName(name: string): this {
    if (this.isRecording()) this.#name = name
    return this
  }

  protected finish(endTime: number): void {
    const { traceId, spanId, traceFlags } = this.spanContext()
    this.#ended({
      traceId,
      spanId,
      parentSpanId: this.#parent.spanId,
      parentIsRemote: this.#parent.spanId === undefined ? undefined : this.#parent.isRemote,
      traceState: this.#parent.state,
      // A written span is sampled, even if that was decided after its start.
      traceFlags: traceFlags | TraceFlags.SAMPLED,
      name: this.#name,
      kind: KINDS[this.kind],
      startTime: this.#start,
      endTime: Math.max(endTime, this.#start),
      attributes: this.attributes,
      droppedAttributesCount: this.droppedAttributes,
      events: this.events,
      droppedEventsCount: this.droppedEvents,
      links: this.links,
      droppedLinksCount: this.droppedLinks,
      status: this.status,
    })
  }
}

/** The SERVER span of a request, made on demand. It only holds the data set on it. */
export class RequestSpan extends LiveSpan {
  /** A name set by the application overrides the route. */
  #name: string | undefined = undefined

  get givenName(): string | undefined {
    return this.#name
  }

  updateName(name: string): this {
    this.#name = name
    return this
  }

  /** The span ends with its response. Other calls of `end` have no effect. */
  override end(): void {}

  protected finish(): void {}
}

/** Maximum number of spans held until the sampling decision at the end of a request. */
const MAX_HELD = 128

/** The spans of an in-flight request. */
export class RequestSpans {
  /** The SERVER span, if something asked for it. */
  server: RequestSpan | undefined = undefined
  /** Spans held until the final sampling decision. `undefined` once it is made. */
  #held: Array<readonly [FinishedSpan, Scope]> | undefined
  #isKept: boolean

  /** @param isKept whether the request was sampled at its start */
  constructor(isKept: boolean) {
    this.#isKept = isKept
    this.#held = isKept ? undefined : []
  }

  /** Takes an ended span of the request. */
  take(span: FinishedSpan, scope: Scope, sink: SpanSink): void {
    if (this.#held) {
      if (this.#held.length < MAX_HELD) this.#held.push([span, scope])
    } else if (this.#isKept) sink.span(span, scope, false)
  }

  /** Exports or drops the held spans. */
  settle(isKept: boolean, sink: SpanSink): void {
    const held = this.#held ?? []
    this.#isKept = isKept
    this.#held = undefined
    if (isKept) for (const [span, scope] of held) sink.span(span, scope, true)
  }
}
