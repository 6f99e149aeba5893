import { json } from '../answers.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'

/** `/api/traces/<id>/usual` */
export async function usual({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  // The end is not part of the range, and a trace of this millisecond should be.
  const task = { traceId: parameters.id('id', 32), now: BigInt(time + 1) * 1_000_000n }
  return json(await queries.json('usualView', task, { signal }))
}
