import { type Baggage, type Context, createContextKey, propagation, ROOT_CONTEXT } from '@opentelemetry/api'
import { type Frame, wholeOf } from '@sightline/core/telemetry'

/** The keys of OpenTelemetry's API. Symbols that all its copies share. */
const SPAN = createContextKey('OpenTelemetry Context Key SPAN')
const BAGGAGE = createContextKey('OpenTelemetry Baggage Key')

/** Makes the span of a scope when somebody asks for it. */
export type SpanFinder = (frame: Frame) => unknown

/**
 * OpenTelemetry's view of a Sightline's scope. Its span is made when it is asked for: most requests never are. What is
 * set in it is kept beside, so that a context derived from it still knows its scope.
 */
export class ScopeContext implements Context {
  /** The scopes that are current where this is the active context. */
  readonly frame: Frame
  /** Whether somebody has set another span than that of the scope. */
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

  /** The values of whatever context, without the scope that it belongs to. */
  static valuesOf(context: Context | undefined): Context {
    return context instanceof ScopeContext ? context.#values : (context ?? ROOT_CONTEXT)
  }
}

/** What travels with the request or job, as the API wants it. */
function baggageOf({ scope }: Frame): Baggage | undefined {
  const members = scope && wholeOf(scope).baggage
  if (members === undefined) return undefined
  const entries = Object.entries(members).map(([name, value]) => [name, { value }])
  return propagation.createBaggage(Object.fromEntries(entries) as Record<string, { value: string }>)
}
