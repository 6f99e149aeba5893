import { type Span, SpanStatusCode } from '@opentelemetry/api'

/** An error as the printer shows it: plain, masked, with whatever texts it had. */
interface PrintedError {
  readonly type?: unknown
  readonly message?: unknown
  readonly stack?: unknown
}

/**
 * Records an error on a span: its status, its type and its exception event.
 *
 * @param printed what the printer makes of the error. The error itself may hold secrets, or throw at a touch
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
