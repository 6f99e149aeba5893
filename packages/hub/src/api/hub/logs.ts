import { json, wrapped } from '../answers.ts'
import { parameterError } from '../parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { rangeParameters, tailRange } from '../times.ts'
import { conditionOf } from './search.ts'

const HOUR_MS = 3_600_000

/** Facets without a parameter `fields`. */
const FACETS = ['service', 'level', 'route', 'version', 'instance', 'env']

/** `/api/logs` */
export async function logs({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const before = parameters.text('before')
  const after = parameters.text('after')
  if (before !== undefined && after !== undefined)
    throw parameterError('after', 'cannot be combined with before')
  const search = {
    where: conditionOf(parameters),
    ...(after === undefined ? rangeParameters(parameters, time, HOUR_MS) : tailRange(parameters, time)),
    limit: parameters.integer('limit', { least: 1, most: 1000, otherwise: 100 }),
    before,
    after,
  }
  return json(await queries.json('logsView', search, { signal }))
}

/** `/api/logs/around` */
export async function around({ parameters, queries, signal }: Call): Promise<ApiResponse> {
  const limits = { least: 0, most: 200, otherwise: 20 }
  const task = {
    cursor: parameters.required('cursor'),
    before: parameters.integer('before', limits),
    after: parameters.integer('after', limits),
  }
  return json(await queries.json('surroundingsView', task, { signal }))
}

/** `/api/logs/histogram` */
export async function histogram({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const search = {
    where: conditionOf(parameters),
    ...rangeParameters(parameters, time, HOUR_MS),
    buckets: parameters.integer('buckets', { least: 1, most: 500, otherwise: 60 }),
  }
  return json(await queries.json('histogramView', search, { signal }))
}

/** `/api/logs/facets` */
export async function facets({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const fields = parameters.text('fields')?.split(',').filter(Boolean) ?? FACETS
  if (fields.length > 20) throw parameterError('fields', 'has more than 20 fields')
  const search = { where: conditionOf(parameters), ...rangeParameters(parameters, time, HOUR_MS), fields }
  return wrapped('{"facets":', await queries.json('facets', search, { signal }), '}')
}
