import type { Condition, TimeRange } from '../../store/search.ts'
import { json } from '../answers.ts'
import { parameterError, Parameters, shown } from '../parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { spanMs } from '../times.ts'
import { tagConditions } from './tags.ts'

/** Most traces of a search. A search reads all spans of each. */
const MAX_TRACES = 500

/** `/jaeger/api/traces/<id>` */
export async function trace({ parameters, queries, signal }: Call): Promise<ApiResponse> {
  return json(await queries.json('jaegerTraceView', { traceId: parameters.id('id', 32) }, { signal }))
}

/** `/jaeger/api/traces` */
export async function traces({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const ids = parameters.texts('traceID')
  if (ids.length > MAX_TRACES) throw parameterError('traceID', `is given more than ${MAX_TRACES} times`)
  if (ids.length > 0) {
    const traceIds = ids.map((id) => new Parameters(new Map([['traceID', id]]), []).id('traceID', 32))
    return json(await queries.json('jaegerTracesView', { traceIds }, { signal }))
  }
  const operation = parameters.text('operation')
  const of: Condition[] = [
    { kind: 'field', field: 'service', is: '=', value: parameters.required('service') },
  ]
  if (operation !== undefined && operation !== 'all')
    of.push({ kind: 'field', field: 'name', is: '=', value: operation })
  const least = durationMs(parameters, 'minDuration')
  if (least !== undefined) of.push({ kind: 'field', field: 'duration', is: '>=', value: least })
  const most = durationMs(parameters, 'maxDuration')
  if (most !== undefined) of.push({ kind: 'field', field: 'duration', is: '<=', value: most })
  of.push(...tagConditions(parameters))
  const limit = parameters.integer('limit', { least: 1, most: MAX_TRACES, otherwise: 20 })
  const search = { where: { kind: 'all', of }, order: 'newest', limit, ...rangeOf(parameters, time) } as const
  return json(await queries.json('jaegerTracesView', search, { signal }))
}

/** `start` and `end` in microseconds since 1970, or `lookback` before the end. */
function rangeOf(parameters: Parameters, now: number): TimeRange {
  const end = microseconds(parameters, 'end') ?? BigInt(now + 1) * 1_000n
  const start = microseconds(parameters, 'start') ?? end - lookback(parameters)
  if (start > end) throw parameterError('start', 'must not be after end')
  // The end is part of Jaeger's range.
  return { from: start * 1_000n, to: end * 1_000n + 1n }
}

function microseconds(parameters: Parameters, name: string): bigint | undefined {
  const text = parameters.text(name)
  if (text === undefined) return undefined
  if (!/^\d{1,16}$/.test(text))
    throw parameterError(name, `must be microseconds since 1970, not ${shown(text)}`)
  return BigInt(text)
}

/** `custom` means that start and end are given. */
function lookback(parameters: Parameters): bigint {
  const text = parameters.text('lookback') ?? '1h'
  const ms = text === 'custom' ? 3_600_000 : spanMs(text)
  if (ms === undefined)
    throw parameterError('lookback', `must be a span of time such as 1h, not ${shown(text)}`)
  return BigInt(Math.round(ms * 1000))
}

const GO_UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1e3,
  m: 60e3,
  h: 3600e3,
}

/** A duration as Go writes it, such as `1.2s` or `1m30s`, in milliseconds. */
function durationMs(parameters: Parameters, name: string): string | undefined {
  const text = parameters.text(name)
  if (text === undefined) return undefined
  if (!/^(?:\d{1,12}(?:\.\d{1,9})?(?:ns|us|µs|ms|s|m|h))+$/.test(text))
    throw parameterError(name, `must be a duration such as 100ms or 1.5s, not ${shown(text)}`)
  const parts = text.matchAll(/(?<number>[\d.]+)(?<unit>[a-zµ]+)/g)
  let ms = 0
  for (const { groups } of parts) ms += Number(groups?.['number']) * (GO_UNITS[groups?.['unit'] ?? ''] ?? 0)
  return String(Number(ms.toPrecision(15)))
}
