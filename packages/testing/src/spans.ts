import {
  context,
  type HrTime,
  ProxyTracerProvider,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { type ReadableSpan, TracerProvider } from '@opentelemetry/sdk-trace'

/** An ended span. */
export interface EmittedSpan {
  readonly name: string
  /** `internal`, `server`, `client`, `producer` or `consumer`. */
  readonly kind: string
  readonly traceId: string
  readonly spanId: string
  readonly parentId: string | undefined
  readonly status: 'unset' | 'ok' | 'error'
  readonly durationMs: number
  readonly attributes: Readonly<Record<string, unknown>>
  readonly events: ReadonlyArray<{
    readonly name: string
    readonly attributes: Readonly<Record<string, unknown>>
  }>
}

type Listener = (span: EmittedSpan) => void

/** The listeners are stored on the tracer provider, of which a process has one. */
const LISTENERS = Symbol.for('sightline.testing.spans')

interface Listening {
  readonly [LISTENERS]?: Set<Listener>
}

/**
 * Records all spans of the process and passes them to a listener. Returns a function that stops it.
 * `undefined` if the application has set up its own tracing.
 */
export function listenToSpans(listener: Listener): (() => void) | undefined {
  const listeners = registered()?.[LISTENERS] ?? record()
  if (listeners === undefined) return undefined
  listeners.add(listener)
  return () => {
    if (!listeners.delete(listener) || listeners.size > 0) return
    trace.disable()
    context.disable()
  }
}

/** The delegate of the API while no provider is registered. */
const NOBODY = new ProxyTracerProvider().getDelegate()

/** The tracer provider of the process, if there is one. */
function registered(): Listening | undefined {
  const provider = trace.getTracerProvider()
  const delegate: object = provider instanceof ProxyTracerProvider ? provider.getDelegate() : provider
  return delegate === NOBODY ? undefined : delegate
}

function record(): Set<Listener> | undefined {
  if (registered() !== undefined) return undefined
  const listeners = new Set<Listener>()
  const provider = new TracerProvider({
    spanProcessors: [
      {
        onStart() {},
        onEnd(span) {
          const emitted = emittedSpan(span)
          for (const listener of listeners) listener(emitted)
        },
        forceFlush: async () => {},
        shutdown: async () => {},
      },
    ],
  })
  trace.setGlobalTracerProvider(Object.assign(provider, { [LISTENERS]: listeners }))
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  return listeners
}

function emittedSpan(span: ReadableSpan): EmittedSpan {
  const { traceId, spanId } = span.spanContext()
  return {
    name: span.name,
    kind: (SpanKind[span.kind] ?? 'internal').toLowerCase(),
    traceId,
    spanId,
    parentId: span.parentSpanContext?.spanId,
    status: STATUSES[span.status.code],
    durationMs: milliseconds(span.duration),
    attributes: span.attributes,
    events: span.events.map(({ name, attributes = {} }) => ({ name, attributes })),
  }
}

const STATUSES = {
  [SpanStatusCode.UNSET]: 'unset',
  [SpanStatusCode.OK]: 'ok',
  [SpanStatusCode.ERROR]: 'error',
} as const

function milliseconds([seconds, nanoseconds]: HrTime): number {
  return seconds * 1_000 + nanoseconds / 1_000_000
}
