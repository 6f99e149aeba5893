import { performance } from 'node:perf_hooks'

import { knownMethod } from '../record/method.ts'
import type { TraceContext } from '../seam.ts'
import type { Distribution } from '../series/distribution.ts'
import { HistogramInstrument, OVERFLOW } from '../series/instruments.ts'
import { labelText } from '../series/labels.ts'
import type { CallEnd, CallListener, OutboundCall } from './call.ts'

export interface OutboundMetricsSetup {
  readonly naming: 'classic' | 'otel'
  readonly buckets: readonly number[]
  readonly maxSeries: number
  /** The trace of the caller. */
  readonly trace: () => TraceContext | undefined
}

/** The metrics of outbound requests. */
export interface OutboundMetrics {
  readonly instrument: HistogramInstrument
  readonly listener: CallListener
}

/** The key of a series. */
interface CallLabels {
  readonly method: string
  readonly host: string
  readonly port: number
  /** `undefined` without a response. */
  readonly status: number | undefined
  /** The failure, if there was no response. */
  readonly failure: string
}

/** Error codes of systems and libraries are few and have this form: `ECONNREFUSED`, `UND_ERR_SOCKET`. */
const ERROR_CODE = /^[A-Z][A-Z0-9_]{1,63}$/
/** Maximum length of a DNS host name. */
const LONGEST_HOST = 253

/** Maximum number of cached label sets. Further ones go to the overflow series. */
const REMEMBERED = 10_000

/** Measures outbound requests, from their start to the first bytes of the response. */
export function outboundMetrics({
  naming,
  buckets,
  maxSeries,
  trace,
}: OutboundMetricsSetup): OutboundMetrics {
  const instrument = new HistogramInstrument(
    'http_client_request_duration_seconds',
    'Time from an outbound request to the head of its response, or to its failure.',
    maxSeries,
    buckets,
  )
  const labelsOf = naming === 'otel' ? otelLabels : classicLabels
  const found = new Map<string, Distribution>()
  let overflow: Distribution | undefined

  function distributionOf(call: CallLabels): Distribution | undefined {
    const key = `${call.method} ${call.host}:${call.port} ${call.status ?? call.failure}`
    const existing = found.get(key)
    if (existing) return existing
    const made = instrument.at(labelText(labelsOf(call)))
    // The overflow is not cached by label set, since the cap is meant to limit memory.
    if (made === undefined) return (overflow ??= instrument.at(labelText(overflowLabels(naming)), true))
    if (found.size < REMEMBERED) found.set(key, made)
    return made
  }

  return {
    instrument,
    listener(call) {
      const start = performance.now()
      const caller = trace()
      return (end) => {
        const seconds = (performance.now() - start) / 1_000
        distributionOf(callLabels(call, end))?.observe(seconds, caller)
      }
    },
  }
}

function callLabels({ method, host, port, protocol }: OutboundCall, end: CallEnd): CallLabels {
  const answered = 'status' in end
  return {
    method: knownMethod(method),
    host: host.slice(0, LONGEST_HOST),
    port: port ?? usualPort(protocol),
    status: answered ? end.status : undefined,
    failure: answered ? '' : failureOf(end.error),
  }
}

function usualPort(protocol: string): number {
  return protocol === 'https:' ? 443 : 80
}

/** `aborted` by the caller, `timeout` set by the caller, an error code, or `error`. */
function failureOf(error: unknown): string {
  const { code, name } = (error ?? {}) as { readonly code?: unknown; readonly name?: unknown }
  if (name === 'TimeoutError') return 'timeout'
  if (name === 'AbortError' || code === 'ABORT_ERR') return 'aborted'
  return typeof code === 'string' && ERROR_CODE.test(code) ? code : 'error'
}

/** The host label includes a port other than the default, so that two services of one machine differ. */
function classicLabels({ method, host, port, status, failure }: CallLabels) {
  const isUsual = port === 443 || port === 80
  return { method, host: isUsual ? host : `${host}:${port}`, status: status ?? failure }
}

/** https://opentelemetry.io/docs/specs/semconv/http/http-metrics/#metric-httpclientrequestduration */
function otelLabels({ method, host, port, status, failure }: CallLabels) {
  const errorType = status === undefined ? failure : status >= 400 ? String(status) : ''
  return {
    http_request_method: method,
    server_address: host,
    server_port: port,
    http_response_status_code: status ?? '',
    error_type: errorType,
  }
}

function overflowLabels(naming: OutboundMetricsSetup['naming']): Record<string, string> {
  const names = Object.keys((naming === 'otel' ? otelLabels : classicLabels)(ANY))
  return Object.fromEntries(names.map((name) => [name, OVERFLOW]))
}

const ANY: CallLabels = { method: '', host: '', port: 0, status: undefined, failure: '' }
