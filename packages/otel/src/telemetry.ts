import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as after } from 'node:timers/promises'

import { context as contextApi, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import { createDeliveries, type Deliveries } from '@sightline/core/delivery'
import { CREATED_CHANNEL, type Outlets, outletsOf, watchFetch, watchHttp } from '@sightline/core/telemetry'

import { consoleSpans } from './console/exporter.ts'
import { type LogExport, otlpLogs } from './export/logs.ts'
import { type MetricsExport, otlpMetrics } from './export/metrics.ts'
import { openOtlp, type OtlpSetup } from './export/otlp.ts'
import { otlpSpans } from './export/spans.ts'
import type { TelemetryOptions } from './options.ts'
import type { Signal } from './otlp/batch.ts'
import { startCarrying } from './outbound/carrying.ts'
import { traceCall } from './outbound/client-span.ts'
import { loadInstrumentations } from './outbound/instrumentations.ts'
import { createReports, type Reports } from './reports.ts'
import { resourceOf } from './resource.ts'
import { type Settings, settingsFrom } from './settings.ts'
import { summaryOf } from './summary.ts'
import { maskedSpan } from './tracing/masked-span.ts'
import { registerTracing } from './tracing/registration.ts'
import type { SpanSink } from './tracing/spans.ts'

/** The telemetry of a process, while it is being sent. */
export interface Telemetry {
  /** Reads the metrics, and sends what waits. Resolves to whether all of it was taken. */
  flush(deadlineMs?: number): Promise<boolean>
  /** Sends what waits, and stops. A process that ends need not call it: a Sightline flushes when it closes. */
  close(deadlineMs?: number): Promise<void>
}

/** With what else an end takes, it stays below 3 s. */
const FLUSH_MS = 2_500
/** What is left for the rest of a Sightline's end. */
const MARGIN_MS = 300

const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/**
 * Sends traces, metrics and logs of this process to a collector by OTLP. Called once, before the application makes its
 * Sightlines; `node --import @sightline/otel/register app.js` does so without a line of code.
 *
 * @throws {TypeError} where an option or a variable is wrong: one sentence that says what is allowed
 */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  const settings = settingsFrom(options, process.env)
  if (settings.disabled) return { flush: async () => true, close: async () => {} }
  const reports = createReports()
  // Before those of the deliveries: what they flush or count at the end has to be with them by then.
  process.once('beforeExit', lastWords)
  process.once('exit', lastLines)
  const deliveries = createDeliveries({
    log: reports.notice,
    fault: reports.fault,
    quietly: (fn) => contextApi.with(ROOT_CONTEXT.setValue(SUPPRESSED, true), fn),
  })
  const exports = openExports(settings, deliveries, reports, options.spool)
  const stopTracing = startTracing(settings, exports.spans, reports)

  const attached = new Set<Outlets>()
  function attach(outlets: Outlets): void {
    if (attached.has(outlets)) return
    attached.add(outlets)
    outlets.addFamilies(deliveries.families)
    exports.metrics?.add(outlets)
    const stopListening = exports.logs && outlets.lines.listen(exports.logs.take)
    reports.attach(outlets)
    // The process may make another one: only what this one has said has to be out.
    outlets.onClose(async (deadlineMs) => {
      await flush(Math.min(FLUSH_MS, Math.max(0, deadlineMs - MARGIN_MS)))
      stopListening?.()
      exports.metrics?.remove(outlets)
      attached.delete(outlets)
    })
  }
  const onCreated = (outlets: unknown) => attach(outlets as Outlets)
  subscribe(CREATED_CHANNEL, onCreated)
  for (const sightline of options.sightlines ?? []) {
    const outlets = outletsOf(sightline)
    if (outlets) attach(outlets)
  }

  function lastLines(): void {
    exports.logs?.flush()
  }
  /** Nothing else is left to do. */
  function lastWords(): void {
    void flush()
  }
  async function handOver(withinMs: number): Promise<void> {
    exports.logs?.flush()
    // Somebody's registry may never answer: nothing ends later for it.
    await Promise.race([exports.metrics?.read(), after(withinMs, undefined, { ref: false })])
  }
  async function flush(deadlineMs = FLUSH_MS): Promise<boolean> {
    const startedAt = performance.now()
    await handOver(deadlineMs / 5)
    return deliveries.flush(deadlineMs - (performance.now() - startedAt))
  }
  async function close(deadlineMs = FLUSH_MS): Promise<void> {
    const startedAt = performance.now()
    unsubscribe(CREATED_CHANNEL, onCreated)
    stopTracing()
    exports.metrics?.stop()
    await handOver(deadlineMs / 5)
    await deliveries.close(deadlineMs - (performance.now() - startedAt))
    process.off('beforeExit', lastWords)
    process.off('exit', lastLines)
  }
  for (const note of settings.notes) process.stderr.write(`${note}\n`)
  if (!settings.quiet) process.stderr.write(summaryOf(settings))
  return { flush, close }
}

interface Exports {
  readonly spans: SpanSink | undefined
  readonly metrics: MetricsExport | undefined
  readonly logs: LogExport | undefined
}

function openExports(
  settings: Settings,
  deliveries: Deliveries,
  reports: Reports,
  spool: TelemetryOptions['spool'],
): Exports {
  const { signals, valueLimit, interval } = settings
  const { fault } = reports
  const setup: OtlpSetup = {
    deliveries,
    spool,
    resource: () =>
      resourceOf({
        service: settings.service ?? reports.service ?? 'unknown_service:node',
        version: reports.version,
        attributes: settings.resource,
      }),
  }
  const open = (signal: Signal) =>
    signals[signal].exporters.includes('otlp') ? openOtlp(signal, signals[signal], setup) : undefined
  const encoding = (signal: Signal) => ({ encoding: signals[signal].encoding, valueLimit })
  const traces = open('traces')
  const metrics = open('metrics')
  const logs = open('logs')
  return {
    spans: fanOut([
      ...(traces ? [otlpSpans(traces, encoding('traces'))] : []),
      ...(signals.traces.exporters.includes('console') ? [consoleSpans(process.stdout)] : []),
    ]),
    metrics: metrics && otlpMetrics(metrics, { ...encoding('metrics'), interval, fault }),
    logs: logs && otlpLogs(logs, { ...encoding('logs'), fault }),
  }
}

/** @returns ends it */
function startTracing(settings: Settings, sink: SpanSink | undefined, reports: Reports): () => void {
  const { fault } = reports
  if (sink === undefined) return startCarrying(settings, fault)
  const unregister = registerTracing({
    sampling: settings.sampling,
    propagateTo: settings.propagateTo,
    propagators: settings.propagators,
    sink: harmless(sink, reports),
  })
  if (unregister === undefined) {
    fault(
      'tracing',
      new Error('another OpenTelemetry SDK has been registered before: spans are its business'),
    )
    return () => {}
  }
  const byName = loadInstrumentations(settings.instrumentations, fault)
  const stops = settings.outbound
    ? [
        byName.has('http') ? undefined : watchHttp(traceCall, fault),
        byName.has('undici') ? undefined : watchFetch(traceCall, fault),
      ]
    : []
  return () => {
    for (const stop of stops) stop?.()
    unregister()
  }
}

/** All of them as one; `undefined`: there is none. */
function fanOut(sinks: readonly SpanSink[]): SpanSink | undefined {
  const [only] = sinks
  if (sinks.length < 2) return only
  return {
    request(...args) {
      for (const sink of sinks) sink.request(...args)
    },
    span(...args) {
      for (const sink of sinks) sink.span(...args)
    },
  }
}

/** A span ends in somebody else's code, which a fault of ours must not reach, and which may have said secrets of it. */
function harmless(sink: SpanSink, reports: Reports): SpanSink {
  const guard = (work: () => void) => {
    try {
      work()
    } catch (error) {
      reports.fault('the export of a span', error)
    }
  }
  return {
    request: (...args) => guard(() => sink.request(...args)),
    span: (span, ...args) => guard(() => sink.span(maskedSpan(span, reports.printer), ...args)),
  }
}
