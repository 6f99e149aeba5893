import type {
  Attributes,
  AttributeValue,
  Exception,
  Link,
  Span,
  SpanContext,
  SpanStatus,
  TimeInput,
} from '@opentelemetry/api'
import { SpanStatusCode } from '@opentelemetry/api'
import type { SpanEvent, SpanLink, SpanStatus as OtlpStatus } from '@sightline/otlp'

import { type Clock, epochMsOf } from './clock.ts'

/** Limits per span: the defaults of OpenTelemetry's specification. */
const MAX_ATTRIBUTES = 128
const MAX_EVENTS = 128
const MAX_LINKS = 128

const STATUSES: Readonly<Record<SpanStatusCode, OtlpStatus['code']>> = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
}

/** An open span. Calls after its end have no effect. */
export abstract class LiveSpan implements Span {
  readonly clock: Clock
  readonly attributes: Record<string, AttributeValue> = {}
  readonly events: SpanEvent[] = []
  readonly links: SpanLink[] = []
  droppedAttributes = 0
  droppedEvents = 0
  droppedLinks = 0
  status: OtlpStatus | undefined = undefined
  readonly #spanContext: SpanContext
  #attributeCount = 0
  #ended = false

  constructor(spanContext: SpanContext, clock: Clock) {
    this.#spanContext = spanContext
    this.clock = clock
  }

  spanContext(): SpanContext {
    return this.#spanContext
  }

  isRecording(): boolean {
    return !this.#ended
  }

  setAttribute(name: string, value: AttributeValue): this {
    if (this.#ended || value === undefined || value === null || name === '') return this
    const isNew = !Object.hasOwn(this.attributes, name)
    if (isNew && this.#attributeCount >= MAX_ATTRIBUTES) {
      this.droppedAttributes++
      return this
    }
    if (isNew) this.#attributeCount++
    this.attributes[name] = value
    return this
  }

  setAttributes(attributes: Attributes): this {
    for (const name of Object.keys(attributes)) this.setAttribute(name, attributes[name])
    return this
  }

  addEvent(name: string, second?: Attributes | TimeInput, third?: TimeInput): this {
    if (this.#ended) return this
    if (this.events.length >= MAX_EVENTS) {
      this.droppedEvents++
      return this
    }
    // The API allows a call without attributes.
    const isTime = typeof second === 'number' || second instanceof Date || Array.isArray(second)
    const time = isTime ? second : third
    const attributes = isTime ? undefined : second
    this.events.push({
      name,
      time: time === undefined ? this.clock.now() : epochMsOf(time),
      ...(attributes && { attributes: { ...attributes } }),
    })
    return this
  }

  addLink(link: Link): this {
    if (this.#ended) return this
    if (this.links.length >= MAX_LINKS) this.droppedLinks++
    else this.links.push(linkOf(link))
    return this
  }

  addLinks(links: Link[]): this {
    for (const link of links) this.addLink(link)
    return this
  }

  setStatus({ code, message }: SpanStatus): this {
    // The status `ok` is final.
    if (this.#ended || code === SpanStatusCode.UNSET || this.status?.code === 'ok') return this
    this.status = { code: STATUSES[code], ...(message !== undefined && { message }) }
    return this
  }

  recordException(exception: Exception, time?: TimeInput): void {
    const { name, code, message, stack }: Exclude<Exception, string> =
      typeof exception === 'string' ? { message: exception } : exception
    const type = code ?? name
    this.addEvent(
      'exception',
      {
        ...(type !== undefined && { 'exception.type': String(type) }),
        ...(message !== undefined && { 'exception.message': message }),
        ...(stack !== undefined && { 'exception.stacktrace': stack }),
      },
      time,
    )
  }

  end(time?: TimeInput): void {
    if (this.#ended) return
    const end = time === undefined ? this.clock.now() : epochMsOf(time)
    this.#ended = true
    this.finish(end)
  }

  abstract updateName(name: string): this

  /** Called once. */
  protected abstract finish(endTime: number): void
}

function linkOf({ context, attributes }: Link): SpanLink {
  return {
    traceId: context.traceId,
    spanId: context.spanId,
    traceFlags: context.traceFlags,
    ...(context.traceState && { traceState: context.traceState.serialize() }),
    ...(context.isRemote !== undefined && { isRemote: context.isRemote }),
    ...(attributes && { attributes }),
  }
}
