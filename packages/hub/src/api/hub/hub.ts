import { json } from '../answers.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'

/** `/api/hub` */
export async function hub({ version, keeper, queries, state }: Call): Promise<ApiResponse> {
  const [store, parts] = await Promise.all([keeper.state(), state()])
  return json({
    version,
    store: { ...store, oldest: store.oldest ?? null, newest: store.newest ?? null },
    queries: queries.state(),
    ...parts,
  })
}
