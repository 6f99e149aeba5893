import { json } from '../answers.ts'
import { parameterError, type Parameters, shown } from '../parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { rangeParameters, spanMs } from '../times.ts'

/** As in `query_range` of Prometheus. */
const MOST_STEPS = 11_000

/** `/api/normal` */
export async function normal({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const { from, to } = rangeParameters(parameters, time, 3_600_000)
  const start = Number(from / 1_000_000n)
  const end = Number(to / 1_000_000n)
  const step = stepOf(parameters)
  if ((end - start) / step > MOST_STEPS)
    throw parameterError('step', `must be longer: the range has more than ${MOST_STEPS} steps`)
  return json(
    await queries.json('normal', { query: parameters.required('query'), start, end, step }, { signal }),
  )
}

/** Seconds or a span of time, in milliseconds. */
function stepOf(parameters: Parameters): number {
  const text = parameters.required('step')
  const ms = /^\d{1,9}(?:\.\d{1,9})?$/.test(text) ? Number(text) * 1_000 : spanMs(text)
  if (ms === undefined || ms < 1)
    throw parameterError('step', `must be seconds or a span of time such as 15s, not ${shown(text)}`)
  return ms
}
