import { createApi } from '../../src/api/api.ts'
import type { ApiRequest } from '../../src/api/request.ts'
import type { Queries } from '../../src/query/queries.ts'
import type { ErrorState } from '../../src/store/search.ts'
import { partsOver } from './api-over.ts'

/** The time of the recorded API, in milliseconds since 1970. */
export const NOW = Date.UTC(2026, 0, 31, 12)
/** Nanoseconds. */
export const HOUR = 3_600_000_000_000n
/** `NOW` in nanoseconds. */
export const now = BigInt(NOW) * 1_000_000n
/** The end of a range without `to`: an event of this millisecond is part of it. */
export const end = now + 1_000_000n

/** An API that records the tasks that its queries run. */
export function recorded() {
  const tasks: unknown[] = []
  const states: unknown[] = []
  const parts = partsOver({})
  const queries: Queries = {
    ...parts.queries,
    async json(name, params) {
      tasks.push([name, params])
      return new TextEncoder().encode('[]')
    },
  }
  const api = createApi({
    ...parts,
    queries,
    keeper: {
      async setErrorState(fingerprint: string, state: ErrorState, time: bigint) {
        states.push([fingerprint, state, time])
      },
      state: async () => ({
        bytes: { events: 1, series: 2, kept: 3 },
        oldest: 4,
        newest: undefined,
        spans: 5,
        logs: 6,
        series: 7,
        problems: [],
      }),
    },
    state: async () => ({ received: 8 }),
    now: () => NOW,
  })
  const asked = async (target: string, request: Partial<ApiRequest> = {}) => {
    const [path = '', search = ''] = target.split('?')
    const answer = await api({
      method: 'GET',
      path,
      query: new URLSearchParams(search),
      headers: {},
      signal: new AbortController().signal,
      ...request,
    })
    return { ...answer, body: JSON.parse(Buffer.from(answer.body as Uint8Array).toString()) as unknown }
  }
  return { asked, tasks, states }
}

/** The condition of a search without conditions. */
export const everything = { kind: 'all', of: [] }
/** A condition on a field. */
export const field = (name: string, is: string, value: string) => ({ kind: 'field', field: name, is, value })
/** The id of a trace. */
export const id = '0af7651916cd43dd8448eb211c80319c'
