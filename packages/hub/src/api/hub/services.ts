import type { ServicesTask } from '../../query/services/service-list.ts'
import { wrapped, json } from '../answers.ts'
import { parameterError } from '../parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { rangeParameters, spanParameter } from '../times.ts'

/** `/api/services` */
export async function services(call: Call): Promise<ApiResponse> {
  const { queries, signal } = call
  return wrapped('{"services":', await queries.json('serviceList', rangesOf(call), { signal }), '}')
}

/** `/api/services/<name>` */
export async function service(call: Call): Promise<ApiResponse> {
  const { queries, signal, parameters } = call
  const ranges = rangesOf(call)
  const task = { ...ranges, name: parameters.required('name'), range: ranges.trend }
  return json(await queries.json('serviceDetails', task, { signal }))
}

/** `/api/dependencies` */
export async function dependencies(call: Call): Promise<ApiResponse> {
  const { queries, signal } = call
  const { time, window } = rangesOf(call)
  return wrapped('{"dependencies":', await queries.json('dependencies', { time, window }, { signal }), '}')
}

/** `/api/changes` */
export async function changes({ parameters, queries, signal, time: now }: Call): Promise<ApiResponse> {
  const { from, to } = rangeParameters(parameters, now, 1_200_000)
  const task = { from: Number(from / 1_000_000n), to: Math.min(now, Number(to / 1_000_000n)) }
  if (task.to - task.from > 86_400_000) throw parameterError('from', 'must be at most a day before to')
  return wrapped('{"changes":', await queries.json('changes', task, { signal }), '}')
}

/** `/api/instruments` */
export async function instruments({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const business = parameters.choice('business', ['true', 'false'])
  const task = { time, business: business === undefined ? undefined : business === 'true' }
  return wrapped('{"instruments":', await queries.json('instruments', task, { signal }), '}')
}

/** `from`, `to` and `window`: figures are of the window before `to`, trends and routes from `from` to `to`. */
function rangesOf({ parameters, time: now }: Call): ServicesTask {
  const { from, to } = rangeParameters(parameters, now, 3_600_000)
  const window = spanParameter(parameters, 'window', { least: 10_000, most: 86_400_000, otherwise: 300_000 })
  return {
    // Without `to`, the end of the range is after the present millisecond.
    time: Math.min(Number(to / 1_000_000n), Math.max(now, Number(from / 1_000_000n))),
    window,
    trend: Math.max(1_000, Number((to - from) / 1_000_000n)),
  }
}
