import { jaegerAnswer } from '../../query/views/jaeger-trace.ts'
import { json, wrapped } from '../answers.ts'
import { parameterError, shown } from '../parameters.ts'
import { EVER } from '../prometheus/parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'

/** Services and operations come from the series that the hub derives from all spans. */
const CALLS = 'traces_spanmetrics_calls_total'

/** `/jaeger/api/services` */
export async function services({ queries, signal }: Call): Promise<ApiResponse> {
  return json(
    jaegerAnswer(await queries.promql.labelValues({ name: 'job', match: [CALLS], ...EVER }, { signal })),
  )
}

/** `/jaeger/api/services/<service>/operations`: names. */
export async function operationNames(call: Call): Promise<ApiResponse> {
  const found = await operationsOf(call, call.parameters.required('service'))
  return json(jaegerAnswer([...new Set(found.map(({ name }) => name))]))
}

/** `/jaeger/api/operations?service=<service>&spanKind=<kind>`: names with their kinds. */
export async function operations(call: Call): Promise<ApiResponse> {
  const kind = call.parameters.text('spanKind')?.toLowerCase()
  const found = await operationsOf(call, call.parameters.required('service'))
  return json(jaegerAnswer(found.filter(({ spanKind }) => kind === undefined || spanKind === kind)))
}

async function operationsOf(
  { queries, signal }: Call,
  service: string,
): Promise<readonly { readonly name: string; readonly spanKind: string }[]> {
  const match = [`${CALLS}{job=${JSON.stringify(service)}}`]
  const series = await queries.promql.series({ match, ...EVER }, { signal })
  const known = new Map<string, { readonly name: string; readonly spanKind: string }>()
  for (const { span_name: name = '', span_kind: kind = '' } of series) {
    const spanKind = kind.replace(/^SPAN_KIND_/, '').toLowerCase()
    known.set(`${name}\u0000${spanKind}`, { name, spanKind: spanKind === 'unspecified' ? '' : spanKind })
  }
  return [...known].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, operation]) => operation)
}

/** `/jaeger/api/dependencies?endTs=<ms>&lookback=<ms>` */
export async function dependencies({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const end = milliseconds(parameters.text('endTs'), 'endTs') ?? time
  const window = milliseconds(parameters.text('lookback'), 'lookback') ?? 24 * 3_600_000
  if (window === 0) throw parameterError('lookback', 'must be more than 0')
  const calls = await queries.json('callCounts', { time: end, window }, { signal })
  return wrapped('{"data":', calls, ',"total":0,"limit":0,"offset":0,"errors":null}')
}

function milliseconds(text: string | undefined, name: string): number | undefined {
  if (text === undefined) return undefined
  if (!/^\d{1,13}$/.test(text)) throw parameterError(name, `must be milliseconds, not ${shown(text)}`)
  return Number(text)
}
