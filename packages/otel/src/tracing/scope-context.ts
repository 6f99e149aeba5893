import { type Baggage, type Context, createContextKey, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { type Frame, wholeOf } from '@sightline/core/telemetry'

/** The context keys of OpenTelemetry's API, as symbols shared by all its copies. */
const SPAN = createContextKey('OpenTelemetry Context Key SPAN')
const BAGGAGE = createContextKey('OpenTelemetry Baggage Key')

/** Makes the span of a scope on demand. */
export type SpanFinder = (frame: Frame) => unknown

/**
 * OpenTelemetry's view of a Sightline scope. Its span is made on demand, since most requests never need it.
 * Values set in the context are kept separately, so that a derived context still knows its scope.
 */
export class ScopeContext implements Context {
  /** The scopes that are current while this context is active. */
  readonly frame: Frame
  /** Whether another span than the scope's was set. */
  readonly hasOwnSpan: boolean
  readonly #values: Context
  readonly #spanOf: SpanFinder

  constructor(frame: Frame, values: Context, hasOwnSpan: boolean, spanOf: SpanFinder) {
    this.frame = frame
    this.hasOwnSpan = hasOwnSpan
    this.#values = values
    this.#spanOf = spanOf
  }

  getValue(key: symbol): unknown {
    if (key === SPAN && !this.hasOwnSpan) return this.#spanOf(this.frame)
    return this.#values.getValue(key) ?? (key === BAGGAGE ? baggageOf(this.frame) : undefined)
  }

  setValue(key: symbol, value: unknown): Context {
    return this.#with(this.#values.setValue(key, value), key)
  }

  deleteValue(key: symbol): Context {
    return this.#with(this.#values.deleteValue(key), key)
  }

  #with(values: Context, key: symbol): Context {
    return new ScopeContext(this.frame, values, this.hasOwnSpan || key === SPAN, this.#spanOf)
  }

  /** The values of a context, without its scope. */
  static valuesOf(context: Context | undefined): Context {
    return context instanceof ScopeContext ? context.#values : (context ?? ROOT_CONTEXT)
  }
}

/** The baggage of the request or job, in the form of the API. */
function baggageOf({ scope }: Frame): Baggage | undefined {
  const members = scope && wholeOf(scope).baggage
  if (members === undefined) return undefined
  const entries = Object.entries(members).map(([name, value]) => [name, { value }])
  return propagation.createBaggage(Object.fromEntries(entries) as Record<string, { value: string }>)
}
