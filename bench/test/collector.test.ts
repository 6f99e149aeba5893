import { expect, it } from '@jest/globals'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { CompressionAlgorithm } from '@opentelemetry/otlp-exporter-base'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'

import { startCollector } from '../src/collector.ts'

it.each([
  ['JSON', (url: string) => new JsonExporter({ url })],
  ['protobuf', (url: string) => new ProtobufExporter({ url })],
  [
    'compressed protobuf',
    (url: string) => new ProtobufExporter({ url, compression: CompressionAlgorithm.GZIP }),
  ],
])('counts the spans of each sender that exports %s', async (_encoding, exporterTo) => {
  await using alive = new AsyncDisposableStack()
  const collector = await startCollector()
  alive.defer(collector.close)

  for (const [sender, count] of [
    ['one', 3],
    ['other', 700],
  ] as const) {
    const exporter = exporterTo(`${collector.endpointOf(sender)}/v1/traces`)
    const provider = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] })
    alive.defer(() => provider.shutdown())
    const tracers = [provider.getTracer('first'), provider.getTracer('second')]
    for (let i = 0; i < count; i++) {
      const span = tracers[i % 2]?.startSpan('GET /api/orders/:id', { attributes: { n: i, spanId: 'x' } })
      span?.addEvent('an event', { startTimeUnixNano: 1 }).end()
    }
    await provider.forceFlush()
    await exporter.forceFlush()
  }
  expect(collector.spansOf('one')).toBe(3)
  expect(collector.spansOf('other')).toBe(700)
  expect(collector.spansOf('nobody')).toBe(0)
})
