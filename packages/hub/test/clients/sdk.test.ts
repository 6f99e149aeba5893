import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals'
import { diag, DiagLogLevel, SeverityNumber, SpanKind, trace as traceApi } from '@opentelemetry/api'
import { OTLPLogExporter as JsonLogs } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPLogExporter as ProtobufLogs } from '@opentelemetry/exporter-logs-otlp-proto'
import { OTLPMetricExporter as JsonMetrics } from '@opentelemetry/exporter-metrics-otlp-http'
import { OTLPMetricExporter as ProtobufMetrics } from '@opentelemetry/exporter-metrics-otlp-proto'
import { OTLPTraceExporter as JsonTraces } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufTraces } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { MeterProvider, PeriodicExportingMetricReader } from '@opentelemetry/sdk-metrics'
import { BatchSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace'
import { createSightline } from '@sightline/core'
import { startTelemetry } from '@sightline/otel'

import { type Hub, startHub } from '../../src/index.ts'

const TOKEN = 'a-token-for-the-ingest'
const headers = { authorization: `Bearer ${TOKEN}` }
const folder = mkdtempSync(join(tmpdir(), 'hub-clients-'))
const hubLines: string[] = []
let hub: Hub

beforeAll(async () => {
  hub = await startHub({
    folder,
    port: 0,
    token: TOKEN,
    log: (level, message) => void hubLines.push(`${level} ${message}`),
  })
})
afterAll(async () => {
  await hub.close()
  rmSync(folder, { recursive: true, force: true })
  expect(hubLines).toEqual([])
})
afterEach(() => diag.disable())

async function ask(path: string): Promise<unknown> {
  const response = await fetch(`${hub.url}${path}`)
  expect([path, response.status]).toEqual([path, 200])
  return response.json()
}

/** The value of an instant query. */
async function valueOf(query: string): Promise<string | undefined> {
  const { data } = (await ask(`/api/v1/query?query=${encodeURIComponent(query)}`)) as {
    data: { result: Array<{ value: [number, string] }> }
  }
  return data.result[0]?.value[1]
}

describe.each([
  ['http/protobuf', ProtobufTraces, ProtobufMetrics, ProtobufLogs],
  ['http/json', JsonTraces, JsonMetrics, JsonLogs],
] as const)("OpenTelemetry's SDK over %s", (protocol, Traces, Metrics, Logs) => {
  test.each(['gzip', 'none'])(
    'delivers spans, metrics and logs with compression %s, and warns of nothing',
    async (compression) => {
      const service = `sdk-${protocol}-${compression}`
      const warnings: unknown[] = []
      const note = (...args: unknown[]) => void warnings.push(args)
      diag.setLogger(
        { error: note, warn: note, info: () => undefined, debug: () => undefined, verbose: () => undefined },
        DiagLogLevel.WARN,
      )
      const options = (signal: string) => ({
        url: `${hub.url}/v1/${signal}`,
        headers,
        compression: compression as never,
      })
      const resource = resourceFromAttributes({ 'service.name': service })
      const tracing = new TracerProvider({
        resource,
        spanProcessors: [new BatchSpanProcessor({ exporter: new Traces(options('traces')) })],
      })
      const metering = new MeterProvider({
        resource,
        readers: [
          new PeriodicExportingMetricReader({
            exporter: new Metrics(options('metrics')),
            exportIntervalMillis: 3_600_000,
          }),
        ],
      })
      const logging = new LoggerProvider({
        resource,
        processors: [new BatchLogRecordProcessor({ exporter: new Logs(options('logs')) })],
      })

      const span = tracing
        .getTracer('test')
        .startSpan('GET /orders', { kind: SpanKind.SERVER, attributes: { rows: 3 } })
      span.recordException(new Error('out of stock'))
      span.end()
      metering.getMeter('test').createCounter('orders').add(7, { region: 'eu' })
      metering.getMeter('test').createHistogram('latency', { unit: 's' }).record(0.2)
      logging
        .getLogger('test')
        .emit({ severityNumber: SeverityNumber.INFO, body: 'an order came', attributes: { rows: 3 } })
      await Promise.all([tracing.forceFlush(), metering.forceFlush(), logging.forceFlush()])
      await Promise.all([tracing.shutdown(), metering.shutdown(), logging.shutdown()])
      traceApi.disable()

      expect(warnings).toEqual([])
      const { traceId } = span.spanContext()
      expect(JSON.stringify(await ask(`/api/traces/${traceId}`))).toContain('out of stock')
      expect(await valueOf(`orders_total{job="${service}",region="eu"}`)).toBe('7')
      expect(await valueOf(`latency_seconds_count{job="${service}"}`)).toBe('1')
      expect(JSON.stringify(await ask(`/api/logs?service=${encodeURIComponent(service)}`))).toContain(
        'an order came',
      )
    },
  )
})

describe.each(['http/protobuf', 'http/json'] as const)("the kit's exporter over %s", (protocol) => {
  test('delivers spans, metrics and log lines, and warns of nothing', async () => {
    const service = `kit-${protocol.slice(5)}`
    const lines: Array<Record<string, unknown>> = []
    const telemetry = startTelemetry({
      endpoint: hub.url,
      headers,
      protocol,
      service,
      outbound: false,
      quiet: true,
    })
    const sightline = createSightline({
      service,
      log: { destination: { write: (line) => void lines.push(JSON.parse(line) as Record<string, unknown>) } },
    })
    await sightline.trace('look up', async (span) => {
      span.set({ rows: 1 })
      sightline.log.info({ order: 7 }, 'an order came')
    })
    sightline.metrics.counter({ name: 'orders_seen_total', help: 'Orders.' }).inc(5)
    expect(await telemetry.flush()).toBe(true)
    const info = lines.find(({ msg }) => msg === 'an order came')
    await sightline.close()
    await telemetry.close()

    expect(lines.filter(({ level }) => level !== 'info' && level !== 'debug')).toEqual([])
    expect(JSON.stringify(await ask(`/api/traces/${String(info?.trace_id)}`))).toContain('look up')
    expect(await valueOf(`orders_seen_total{job="${service}"}`)).toBe('5')
    expect(JSON.stringify(await ask(`/api/logs?service=${encodeURIComponent(service)}`))).toContain(
      'an order came',
    )
  })
})

test('a wrong token is told to the client, and nothing is stored', async () => {
  const exporter = new ProtobufTraces({
    url: `${hub.url}/v1/traces`,
    headers: { authorization: 'Bearer wrong' },
  })
  const errors: string[] = []
  diag.setLogger(
    {
      error: (...args: unknown[]) => void errors.push(args.join(' ')),
      warn: () => undefined,
      info: () => undefined,
      debug: () => undefined,
      verbose: () => undefined,
    },
    DiagLogLevel.ERROR,
  )
  const tracing = new TracerProvider({ spanProcessors: [new BatchSpanProcessor({ exporter })] })
  const span = tracing.getTracer('test').startSpan('a')
  span.end()
  await tracing.forceFlush().catch((error: unknown) => errors.push(String(error)))
  await tracing.shutdown().catch(() => undefined)
  expect(errors.join('\n')).toContain('Unauthorized')
  expect((await fetch(`${hub.url}/api/traces/${span.spanContext().traceId}`)).status).toBe(404)
})
