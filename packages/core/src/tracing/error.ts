import { type Span, SpanStatusCode } from '@opentelemetry/api'

/** A printed error: plain and masked, with the texts that it had. */
interface PrintedError {
  readonly type?: unknown
  readonly message?: unknown
  readonly stack?: unknown
}

/**
 * Records an error on a span: its status, its type and its exception event.
 *
 * @param printed the printer's output for the error. The error itself may hold secrets, or throw when it is read
 *
 * @param time milliseconds since the epoch; absent: now
 */
export function recordError(span: Span, printed: unknown, time?: number): void {
  const { type, message, stack } =
    typeof printed === 'object' && printed !== null ? (printed as PrintedError) : {}
  const name = typeof type === 'string' ? type : 'Error'
  const said = typeof message === 'string' ? message : String(printed)
  span.setStatus({ code: SpanStatusCode.ERROR, message: said })
  span.recordException({ name, message: said, ...(typeof stack === 'string' && { stack }) }, time)
}
