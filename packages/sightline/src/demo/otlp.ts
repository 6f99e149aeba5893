/** https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */

/** Attributes as OTLP has them in JSON. */
export type KeyValues = ReadonlyArray<{
  readonly key: string
  readonly value:
    | { readonly stringValue: string }
    | { readonly intValue: string }
    | { readonly doubleValue: number }
}>

/** Attributes of OTLP. */
export function keyValues(attributes: Readonly<Record<string, string | number>>): KeyValues {
  return Object.entries(attributes).map(([key, value]) => {
    if (typeof value === 'string') return { key, value: { stringValue: value } }
    return { key, value: Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value } }
  })
}

/** Nanoseconds as text, of milliseconds since 1970 that may have a fraction. */
export function nanoseconds(ms: number): string {
  const whole = Math.floor(ms)
  return String(BigInt(whole) * 1_000_000n + BigInt(Math.floor((ms - whole) * 1e6)))
}

/** What created a span, a log record or a metric: a library, or the application itself. */
export type Scope = '@sightline/otel' | 'shop'

/** What is sent of a span, a log record or a metric, with the time at which it is known. */
export interface Item {
  /** Milliseconds since 1970. */
  readonly at: number
  readonly instance: Sender
  readonly scope?: Scope
  readonly body: object
}

/** A process that sends. */
export interface Sender {
  readonly resource: KeyValues
}

/** An export request of spans, log records or metrics, grouped by their process and their scope. */
export function message(signal: 'traces' | 'logs' | 'metrics', items: readonly Item[]): object {
  const [outer, middle, inner] = {
    traces: ['resourceSpans', 'scopeSpans', 'spans'],
    logs: ['resourceLogs', 'scopeLogs', 'logRecords'],
    metrics: ['resourceMetrics', 'scopeMetrics', 'metrics'],
  }[signal] as [string, string, string]
  const groups = Map.groupBy(items, ({ instance }) => instance)
  return {
    [outer]: Array.from(groups, ([{ resource }, of]) => ({
      resource: { attributes: resource },
      [middle]: Array.from(
        Map.groupBy(of, ({ scope = '@sightline/otel' }) => scope),
        ([name, ofScope]) => ({ scope: { name }, [inner]: ofScope.map(({ body }) => body) }),
      ),
    })),
  }
}
