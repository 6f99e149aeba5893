import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setTimeout as after } from 'node:timers/promises'

import { context as contextApi, createContextKey, ROOT_CONTEXT } from '@opentelemetry/api'
import {
  CREATED_CHANNEL,
  deliveryFamilies,
  type Taps,
  tapsOf,
  watchFetch,
  watchHttp,
} from '@sightline/core/telemetry'
import { CLOSE_MS, createDeliveries, type Deliveries } from '@sightline/delivery'
import type { Signal } from '@sightline/otlp'

import { consoleSpans } from './console/exporter.ts'
import { type LogExport, otlpLogs } from './export/logs.ts'
import { type MetricsExport, otlpMetrics } from './export/metrics.ts'
import { openOtlp, type OtlpSetup } from './export/otlp.ts'
import { otlpSpans } from './export/spans.ts'
import type { TelemetryOptions } from './options.ts'
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
  /** Reads the metrics, and sends all queued items. Resolves to whether all of them were settled in time. */
  flush(deadlineMs?: number): Promise<boolean>
  /** Sends all queued items, and stops. Optional at the end of a process: a Sightline flushes when it closes. */
  close(deadlineMs?: number): Promise<void>
}

/** Share of a flush for reading the metrics. The deliveries have the rest. */
const READING_SHARE = 0.2
/** Deadline of a flush without one. The reading and {@link CLOSE_MS} of the deliveries fit into it. */
const FLUSH_MS = CLOSE_MS / (1 - READING_SHARE)

const SUPPRESSED = createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

/** The telemetry of a process, as the parts of this package see it. */
export interface RunningTelemetry extends Telemetry {
  /** Takes what a Sightline produces, until that closes. Does nothing where it is attached already. */
  attach(taps: Taps): void
  /** Attaches each Sightline that is made from now on, and keeps running when the last one has closed. */
  attachAll(): void
}

const RUNNING = Symbol.for('sightline.telemetry.1')

/** The telemetry that runs in this process, shared by all copies of this module: spans have one exporter only. */
const running = globalThis as { [RUNNING]?: RunningTelemetry | undefined }

/**
 * The telemetry of this process. Where it does not run yet, it is started, and ends when the last attached Sightline has
 * closed.
 */
export function runningTelemetry(settings: Settings, spool: TelemetryOptions['spool']): RunningTelemetry {
  return (running[RUNNING] ??= openTelemetry(settings, spool))
}

/**
 * Sends traces, metrics and logs of this process to a collector by OTLP. Called once, before the application makes its
 * Sightlines; `node --import @sightline/otel/register app.js` does so without a line of code. Where telemetry runs already,
 * that one is returned, and goes on with its own options.
 *
 * @throws {TypeError} where an option or a variable is wrong: one sentence that says what is allowed
 */
export function startTelemetry(options: TelemetryOptions = {}): Telemetry {
  const settings = settingsFrom(options, process.env)
  if (settings.disabled) return { flush: async () => true, close: async () => {} }
  const telemetry = runningTelemetry(settings, options.spool)
  telemetry.attachAll()
  for (const sightline of options.sightlines ?? []) {
    const taps = tapsOf(sightline)
    if (taps) telemetry.attach(taps)
  }
  return { flush: telemetry.flush, close: telemetry.close }
}

function openTelemetry(settings: Settings, spool: TelemetryOptions['spool']): RunningTelemetry {
  const reports = createReports()
  // Before those of the deliveries: what they flush or count at the end has to be with them by then.
  process.once('beforeExit', lastWords)
  process.once('exit', lastLines)
  const deliveries = createDeliveries({
    log: reports.notice,
    fault: reports.fault,
    quietly: (fn) => contextApi.with(ROOT_CONTEXT.setValue(SUPPRESSED, true), fn),
  })
  const exports = openExports(settings, deliveries, reports, spool)
  const stopTracing = startTracing(settings, exports.spans, reports)

  const attached = new Set<object>()
  let isForAll = false
  function attach(taps: Taps): void {
    if (attached.has(taps.sightline)) return
    attached.add(taps.sightline)
    taps.addFamilies(deliveryFamilies(deliveries.ledgers))
    exports.metrics?.add(taps)
    const stopListening = exports.logs && taps.lines.listen(exports.logs.take)
    reports.attach(taps)
    taps.onClose(async (deadlineMs) => {
      const until = performance.now() + deadlineMs
      // The process may make another one: only what this one has said has to be out.
      await flush(until - performance.now())
      stopListening?.()
      exports.metrics?.remove(taps)
      attached.delete(taps.sightline)
      if (!isForAll && attached.size === 0) await close(Math.max(0, until - performance.now()))
    })
  }
  const onCreated = (taps: unknown) => attach(taps as Taps)
  function attachAll(): void {
    if (isForAll) return
    isForAll = true
    subscribe(CREATED_CHANNEL, onCreated)
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
    await handOver(deadlineMs * READING_SHARE)
    return deliveries.flush(deadlineMs - (performance.now() - startedAt))
  }
  async function close(deadlineMs = FLUSH_MS): Promise<void> {
    const startedAt = performance.now()
    if (running[RUNNING] === telemetry) running[RUNNING] = undefined
    unsubscribe(CREATED_CHANNEL, onCreated)
    stopTracing()
    exports.metrics?.stop()
    await handOver(deadlineMs * READING_SHARE)
    await deliveries.close(deadlineMs - (performance.now() - startedAt))
    process.off('beforeExit', lastWords)
    process.off('exit', lastLines)
  }
  for (const note of settings.notes) process.stderr.write(`${note}\n`)
  if (!settings.quiet) process.stderr.write(summaryOf(settings))
  const telemetry: RunningTelemetry = { attach, attachAll, flush, close }
  return telemetry
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
