/**
 * For packages that trace, and that take what a Sightline produces elsewhere: `@sightline/core/telemetry`. Applications
 * have no use for it.
 */
export { type Baggage, type Frame, frames, type RunningScope } from './scopes.ts'
export type { FaultReporter } from './fault.ts'
export { errorTypeOf, hasFailed } from './failure.ts'
export { randomHex } from './random.ts'
export { CENSOR, createSecrets, type Secrets } from './log/secrets.ts'
export { createPrinter, type Printer } from './log/printer.ts'
export { BAGGAGE_HEADER, baggageRules, type BaggageRules } from './baggage.ts'
export { shareOf } from './trace-share.ts'
export {
  continueTrace,
  isRandom,
  startTrace,
  type TraceContext,
  traceFlagsOf,
  traceparentOf,
} from './trace-context.ts'
export { spanContextOf } from './tracing/tracer.ts'
export { detailsOf, type RequestDetails } from './tracing/details.ts'
export { attributesAtEnd, attributesAtStart, spanNameOf } from './tracing/attributes.ts'
export {
  registeredTracing,
  type RequestTracing,
  standIn,
  type TracedRequest,
  TRACING,
} from './tracing/registered.ts'
export {
  checkOptions,
  listOf,
  milliseconds,
  namesOf,
  objectWith,
  oneOf,
  type Requirement,
  share,
  shown,
  type Table,
  text,
  yesOrNo,
} from './requirements.ts'
export { CREATED_CHANNEL, type Outlets, outletsOf } from './outlets.ts'
export type { CallEnd, CallListener, OutboundCall } from './outbound/call.ts'
export { watchFetch } from './outbound/fetch.ts'
export { watchHttp } from './outbound/http.ts'
