import { QueryError } from '../../query/query-error.ts'
import type { ErrorState } from '../../store/search.ts'
import { json } from '../answers.ts'
import { parameterError, type Parameters, shown } from '../parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'
import { nanosecondsOf, rangeParameters } from '../times.ts'

const DAY_MS = 86_400_000

const STATES: readonly ErrorState['kind'][] = ['open', 'regressed', 'resolved', 'ignored']

/** `/api/errors` */
export async function errors({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const search = {
    ...rangeParameters(parameters, time, DAY_MS),
    limit: parameters.integer('limit', { least: 1, most: 1000, otherwise: 100 }),
    service: parameters.text('service'),
    states: statesOf(parameters),
  }
  return json(await queries.json('errorsView', search, { signal }))
}

function statesOf(parameters: Parameters): readonly ErrorState['kind'][] | undefined {
  return parameters
    .text('state')
    ?.split(',')
    .map((word) => {
      const state = STATES.find((each) => each === word)
      if (state === undefined)
        throw parameterError('state', `must be some of ${STATES.join(', ')}, not ${shown(word)}`)
      return state
    })
}

/** `GET /api/errors/<fingerprint>` */
export async function error({ parameters, queries, signal, time }: Call): Promise<ApiResponse> {
  const task = { fingerprint: fingerprintOf(parameters), range: rangeParameters(parameters, time, DAY_MS) }
  return json(await queries.json('errorView', task, { signal }))
}

/** `POST /api/errors/<fingerprint>` with `{"state": "resolved" | "ignored" | "open", "until": <time>}`. */
export async function setErrorState({ parameters, body, keeper, time }: Call): Promise<ApiResponse> {
  const fingerprint = fingerprintOf(parameters)
  const state = stateOf(body, time)
  await keeper.setErrorState(fingerprint, state, BigInt(time) * 1_000_000n)
  return json({ fingerprint, state: stateAnswer(state) })
}

function fingerprintOf(parameters: Parameters): string {
  const fingerprint = parameters.required('fingerprint')
  if (!/^[\w.:-]{1,128}$/.test(fingerprint))
    throw parameterError(
      'fingerprint',
      `must be the fingerprint of an error group, not ${shown(fingerprint)}`,
    )
  return fingerprint
}

function stateOf(body: string, now: number): ErrorState {
  const { state, until } = objectOf(body)
  if (state === 'open' || state === 'resolved') return { kind: state }
  if (state !== 'ignored') throw new QueryError('bad_data', 'The state must be open, resolved or ignored')
  if (until === undefined || until === null) return { kind: 'ignored', until: undefined }
  const time =
    typeof until === 'string' || typeof until === 'number' ? nanosecondsOf(String(until), now) : undefined
  if (time === undefined || time <= BigInt(now) * 1_000_000n)
    throw new QueryError(
      'bad_data',
      'The end of ignoring must be a time in the future, such as 2026-01-31T12:00:00Z',
    )
  return { kind: 'ignored', until: time }
}

function objectOf(body: string): { readonly state?: unknown; readonly until?: unknown } {
  try {
    const parsed: unknown = JSON.parse(body)
    if (typeof parsed === 'object' && parsed !== null) return parsed
  } catch {
    // The sentence below says it.
  }
  throw new QueryError('bad_data', 'The body must be an object of JSON such as {"state":"resolved"}')
}

function stateAnswer(state: ErrorState): unknown {
  return state.kind === 'ignored' ? { kind: state.kind, until: state.until?.toString() ?? null } : state
}
