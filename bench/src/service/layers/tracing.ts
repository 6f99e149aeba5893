import FastifyOtel from '@fastify/otel'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as OTLPProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { KoaInstrumentation } from '@opentelemetry/instrumentation-koa'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor, ParentBasedSampler, TraceIdRatioBasedSampler } from '@opentelemetry/sdk-trace'

import type { Layer } from '../layer.ts'
import type { ServicePlan } from '../plan.ts'

/**
 * OpenTelemetry's SDK with its usual batches, and a sampler by ratio that follows what callers have decided. Traces only:
 * metrics and logs have layers of their own.
 */
export function layer({ framework, instrumentations, ratio = 1, collector }: ServicePlan): Layer {
  const asDocumented = instrumentations === 'all'
  // Its guide for Node.js exports protobuf; JSON is what costs less (2.4 µs a span against 2.7).
  const Exporter = asDocumented ? OTLPProtobufExporter : OTLPTraceExporter
  const exporter = new Exporter({ url: `${collector}/v1/traces` })
  const batches = new BatchSpanProcessor({ exporter })
  const ofFramework = () => {
    if (framework === 'express') return new ExpressInstrumentation()
    if (framework === 'koa') return new KoaInstrumentation()
    return new FastifyOtel.FastifyOtelInstrumentation({ registerOnInitialization: true })
  }
  new NodeSDK({
    serviceName: 'bench',
    spanProcessors: [batches],
    metricReaders: [],
    logRecordProcessors: [],
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(ratio) }),
    instrumentations: [new HttpInstrumentation(), ...(asDocumented ? [ofFramework()] : [])],
  }).start()
  return {
    async settle() {
      await batches.forceFlush()
      // A batch that was already on its way is waited for only here.
      await exporter.forceFlush()
    },
  }
}
