import { json } from '../answers.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { rangeParameters } from '../times.ts'

/** `/api/services/<name>/versions` */
export async function versions({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const { from, to } = rangeParameters(parameters, time, 3_600_000)
  const start = Number(from / 1_000_000n)
  const task = {
    name: parameters.required('name'),
    from: start,
    // Without `to`, the end of the range is after the present millisecond.
    to: Math.max(start + 1, Math.min(Number(to / 1_000_000n), time)),
  }
  return json(await queries.json('versions', task, { signal }))
}
