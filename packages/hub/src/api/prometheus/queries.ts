import { QueryError } from '../../query/query-error.ts'
import type { SelectorsTask } from '../../query/tasks/series-tasks.ts'
import { json, wrapped } from '../answers.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { about, duration, EVER, invalidParameter, optionalTime, requiredTime, timeout } from './parameters.ts'

/** A successful answer around bytes of JSON. */
function success(data: Uint8Array): ApiResponse {
  return wrapped('{"status":"success","data":', data, '}')
}

/** `/api/v1/query` */
export async function query({ parameters, queries, signal, time: now }: Call): Promise<ApiResponse> {
  const time = optionalTime(parameters, 'time', now)
  const options = { signal, timeoutMs: timeout(parameters) }
  return success(
    await about('query', queries.json('instant', { query: parameters.text('query') ?? '', time }, options)),
  )
}

/** `/api/v1/query_range` */
export async function queryRange({ parameters, queries, signal }: Call): Promise<ApiResponse> {
  const start = requiredTime(parameters, 'start')
  const end = requiredTime(parameters, 'end')
  if (end < start) throw invalidParameter('end', 'end timestamp must not be before start time')
  const step = duration(parameters, 'step')
  const text = parameters.text('query') ?? ''
  const options = { signal, timeoutMs: timeout(parameters) }
  return success(await queries.json('range', { query: text, start, end, step }, options))
}

/** `/api/v1/query_exemplars` */
export async function queryExemplars({ parameters, queries, signal }: Call): Promise<ApiResponse> {
  const start = optionalTime(parameters, 'start', EVER.start)
  const end = optionalTime(parameters, 'end', EVER.end)
  if (end < start) throw new QueryError('bad_data', 'end timestamp must not be before start timestamp')
  return success(
    await queries.json('exemplars', { query: parameters.text('query') ?? '', start, end }, { signal }),
  )
}

/** `/api/v1/series` */
export async function series(call: Call): Promise<ApiResponse> {
  const { parameters, queries, signal } = call
  const match = parameters.texts('match[]')
  if (match.length === 0) throw new QueryError('bad_data', 'no match[] parameter provided')
  const task = selectors(call)
  return limited(call, await about('match[]', queries.promql.series(task, { signal })))
}

/** `/api/v1/labels` */
export async function labels(call: Call): Promise<ApiResponse> {
  return limited(call, await call.queries.promql.labels(selectors(call), { signal: call.signal }))
}

/** `/api/v1/label/<name>/values` */
export async function labelValues(call: Call): Promise<ApiResponse> {
  const name = call.parameters.required('name')
  if (!/^[A-Za-z_]\w*$/.test(name))
    throw new QueryError('bad_data', `invalid label name: ${JSON.stringify(name.slice(0, 200))}`)
  return limited(
    call,
    await call.queries.promql.labelValues({ ...selectors(call), name }, { signal: call.signal }),
  )
}

/** `/api/v1/metadata` */
export async function metadata({ parameters, queries, signal }: Call): Promise<ApiResponse> {
  const text = parameters.text('limit')
  const limit = text === undefined ? -1 : Number(text)
  if (text !== undefined && !/^[+-]?\d+$/.test(text))
    throw new QueryError('bad_data', 'limit must be a number')
  const found = await queries.promql.metadata({ metric: parameters.text('metric') }, { signal })
  const entries = [...found].map(([name, { type, help, unit }]) => [name, [{ type, help, unit }]] as const)
  return json({ status: 'success', data: Object.fromEntries(limit >= 0 ? entries.slice(0, limit) : entries) })
}

function selectors({ parameters }: Call): SelectorsTask {
  return {
    match: parameters.texts('match[]'),
    start: optionalTime(parameters, 'start', EVER.start),
    end: optionalTime(parameters, 'end', EVER.end),
  }
}

/** A list, cut to the parameter `limit`, which Prometheus 2.42 does not have but its clients send. */
function limited({ parameters }: Call, list: readonly unknown[]): ApiResponse {
  const text = parameters.text('limit')
  if (text !== undefined && !/^\d{1,15}$/.test(text))
    throw invalidParameter('limit', 'limit must be a number')
  const limit = text === undefined || Number(text) === 0 ? Infinity : Number(text)
  if (list.length <= limit) return json({ status: 'success', data: list })
  return json({
    status: 'success',
    data: list.slice(0, limit),
    warnings: ['results truncated due to limit'],
  })
}
