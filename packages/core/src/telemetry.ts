/**
 * For packages that trace, and that take what a Sightline produces elsewhere: `@sightline/core/telemetry`. Applications
 * have no use for it.
 */
export { type Frame, frames, requestOf, type RunningScope, spanScopeOf, wholeOf } from './context/scopes.ts'
export { ACCESS_FIELDS, LINE_FIELDS } from './record/access-fields.ts'
export type { FaultReporter, TraceContext } from './seam.ts'
export { errorTypeOf, hasFailed } from './record/failure.ts'
export { randomHex } from './context/random.ts'
export { CENSOR, createSecrets, type Secrets } from '@sightline/secrets'
export { createPrinter, type Printer } from './printing/printer.ts'
export { type Baggage, BAGGAGE_HEADER, baggageRules, type BaggageRules } from './context/baggage.ts'
export { shareOf } from './context/trace-share.ts'
export { continueTrace, isRandom, startTrace, traceFlagsOf, traceparentOf } from './context/trace-context.ts'
export { spanContextOf } from './tracing/tracer.ts'
export { detailsOf, type RequestDetails } from './tracing/details.ts'
export { attributesAtEnd, attributesAtStart, spanNameOf } from './tracing/attributes.ts'
export { registeredTracing, standIn } from './tracing/registered.ts'
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
} from './requirements/requirements.ts'
export { type DeliveryAccount, deliveryFamilies } from './metrics/deliveries.ts'
export type {
  Exemplar,
  Family,
  HistogramFamily,
  HistogramSeries,
  NumberFamily,
  NumberSeries,
  Series,
  SummaryFamily,
  SummarySeries,
} from './series/family.ts'
export { type Labelled, labelled, type SeriesLabels } from './series/labels.ts'
export { CREATED_CHANNEL, type Taps, tapsOf } from './taps.ts'
export type { CallEnd, CallListener, OutboundCall } from './outbound/call.ts'
export { watchFetch } from './outbound/fetch.ts'
export { watchHttp } from './outbound/http.ts'
export {
  isTracedRequest,
  type RequestTracing,
  type TracedRequest,
  TRACING,
} from './tracing/request-tracing.ts'
