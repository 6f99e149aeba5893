import { type SpanContext, SpanKind, TraceFlags } from '@opentelemetry/api'
import type { RequestRecord } from '@sightline/core'

import type { Scope } from '../otlp/scope.ts'
import type { ServerSpanDetails } from '../otlp/server-span.ts'
import type { FinishedSpan } from '../otlp/spans.ts'
import type { Clock } from './clock.ts'
import { LiveSpan } from './span.ts'

/** Takes spans that have ended. */
export interface SpanSink {
  /** The SERVER span of a request, which stands in its record. `valuable`: it failed or was slow. */
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

/** What a span is below. */
export interface Parent {
  readonly spanId: string | undefined
  readonly isRemote: boolean
  readonly state: string | undefined
}

/** A span of whoever asks the API for one. */
export class OperationSpan extends LiveSpan {
  /** Read by those who want to know what is active, as it is of the SDK's spans. */
  readonly kind: SpanKind
  readonly #parent: Parent
  readonly #start: number
  readonly #ended: (span: FinishedSpan) => void
  /** The request that it is a part of, if any. */
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
      // What is written is sampled, even if nobody knew at its start.
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

/** The SERVER span of a request, made where somebody asks for it: it only holds what they say. */
export class RequestSpan extends LiveSpan {
  /** A name that was given by hand comes before the route. */
  #name: string | undefined = undefined

  get givenName(): string | undefined {
    return this.#name
  }

  updateName(name: string): this {
    this.#name = name
    return this
  }

  /** It ends with its response, whoever else believes that it has ended. */
  override end(): void {}

  protected finish(): void {}
}

/** How many spans wait for the verdict on their request. */
const MAX_HELD = 128

/** What is kept of the spans of one request while it is under way. */
export class RequestSpans {
  /** The SERVER span, where somebody has asked for it. */
  server: RequestSpan | undefined = undefined
  /** Spans that wait for the verdict; absent: there is one. */
  #held: Array<readonly [FinishedSpan, Scope]> | undefined
  #isKept: boolean

  /** @param isKept whether the request was chosen at its start */
  constructor(isKept: boolean) {
    this.#isKept = isKept
    this.#held = isKept ? undefined : []
  }

  /** Takes a span of the request that has ended. */
  take(span: FinishedSpan, scope: Scope, sink: SpanSink): void {
    if (this.#held) {
      if (this.#held.length < MAX_HELD) this.#held.push([span, scope])
    } else if (this.#isKept) sink.span(span, scope, false)
  }

  /** Says whether what has waited is kept. */
  settle(isKept: boolean, sink: SpanSink): void {
    const held = this.#held ?? []
    this.#isKept = isKept
    this.#held = undefined
    if (isKept) for (const [span, scope] of held) sink.span(span, scope, true)
  }
}
