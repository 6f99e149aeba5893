import { json } from '../answers.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { rangeParameters } from '../times.ts'
import { conditionOf } from './search.ts'

/** `/api/traces` */
export async function traces({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const search = {
    where: conditionOf(parameters),
    ...rangeParameters(parameters, time, 3_600_000),
    limit: parameters.integer('limit', { least: 1, most: 1000, otherwise: 50 }),
    before: parameters.text('before'),
    order: parameters.choice('order', ['newest', 'slowest']) ?? 'newest',
  } as const
  return json(await queries.json('tracesView', search, { signal }))
}

/** `/api/traces/<id>` */
export async function trace({ parameters, queries, signal }: Call): Promise<ApiResponse> {
  const task = {
    traceId: parameters.id('id', 32),
    logs: parameters.integer('logs', { least: 0, most: 10_000, otherwise: 1000 }),
  }
  return json(await queries.json('traceView', task, { signal }))
}
