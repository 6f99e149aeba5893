import { json } from '../answers.ts'
import { parameterError } from '../parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { rangeParameters, timeParameter } from '../times.ts'
import { conditionOf } from './search.ts'

const HOUR_MS = 3_600_000
const LONGEST_TEXT = 500

/** `/api/traces/heatmap` */
export async function heatmap({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const task = {
    where: conditionOf(parameters),
    ...rangeParameters(parameters, time, HOUR_MS),
    columns: parameters.integer('columns', { least: 1, most: 400, otherwise: 60 }),
    rows: parameters.integer('rows', { least: 1, most: 100, otherwise: 24 }),
  }
  return json(await queries.json('heatmapView', task, { signal }))
}

/** `/api/explain`: the parameters of a search say what is compared, `status` and the durations what is inside. */
export async function explain({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const range = rangeParameters(parameters, time, HOUR_MS)
  const from = timeParameter(parameters, 'selFrom', time) ?? range.from
  const to = timeParameter(parameters, 'selTo', time) ?? range.to
  if (from >= to) throw parameterError('selFrom', 'must be before selTo')
  const task = {
    ...range,
    where: conditionOf(parameters, ['q', 'service', 'route']),
    inside: { from, to, where: conditionOf(parameters, ['status', 'minDuration', 'maxDuration']) },
  }
  return json(await queries.json('explainView', task, { signal }))
}

/** `/api/find` */
export async function find({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const text = parameters.required('text').trim()
  if (text === '' || text.length > LONGEST_TEXT)
    throw parameterError('text', `must have from 1 to ${LONGEST_TEXT} characters`)
  const range = rangeParameters(parameters, time, 24 * HOUR_MS)
  return json(await queries.json('findView', { ...range, text }, { signal }))
}
