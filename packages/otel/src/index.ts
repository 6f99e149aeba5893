export { registerTracing, type TracingOptions } from './tracing/registration.ts'
export type { PropagateTo } from './tracing/hosts.ts'
export type { Sampler, SamplingOptions } from './sampling.ts'
export type { SpanSink } from './tracing/spans.ts'
