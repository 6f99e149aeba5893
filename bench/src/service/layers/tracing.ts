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
 * OpenTelemetry's SDK with its default batches, and a ratio sampler that follows the callers' decision.
 * Traces only: metrics and logs have their own layers.
 */
export function layer({ framework, instrumentations, ratio = 1, collector }: ServicePlan): Layer {
  const asDocumented = instrumentations === 'all'
  // The SDK's guide for Node.js exports protobuf. JSON costs less (2.4 µs a span against 2.7).
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
      // Also waits for a batch in flight.
      await exporter.forceFlush()
    },
  }
}
