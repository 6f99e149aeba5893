import type { Api, Params } from '../api/api.ts'
import { type Log, type LogsAnswer, type Page, pageOf } from './log.ts'

/** What is looked for. `from` and `to` as in the API. */
export interface Search {
  readonly q: string
  readonly from: number
  readonly to: number
  /** Whether the range ends now, so that later records belong to it. */
  readonly goesOn: boolean
  /** Whether equal lines are folded. */
  readonly folds: boolean
  /** Begins at this record instead of the newest. */
  readonly cursor?: string | undefined
  /** Begins at this time, in milliseconds. */
  readonly at?: number | undefined
}

/** Records of a page, and of a page of those that arrived, which is as large as the hub allows. */
export const PAGE = 500
export const BIG_PAGE = 1_000
/**
 * Milliseconds after the present that a search that goes on reaches. A record that is stored while the page is being made is before its
 * tail, so that it has to be in the page, whatever the clock of its process.
 */
const AHEAD = 60_000

/** The first records of a list, in the order of time, and how it goes on. */
export interface Begin {
  readonly newest: readonly Log[]
  /** `after` this is what arrives later. */
  readonly tail: string | null
  readonly older: string | null
  readonly newer: string | null
}

/** Loads the newest records of a search, or those around the record or the time that it begins at. */
export async function begin(api: Api, search: Search, aborted: AbortSignal): Promise<Begin> {
  const { cursor } = search
  // A time outside of the range is before or after all of its records.
  const at =
    search.at !== undefined && search.at > search.from && search.at < search.to ? search.at : undefined
  const page = (params: Params) => pageFrom(api, search, { limit: PAGE, ...params }, aborted)
  const [first, self] =
    cursor === undefined
      ? [await page(at === undefined ? {} : { to: at }), []]
      : await Promise.all([page({ before: cursor }), recordAt(api, cursor, aborted)])
  const after = cursor ?? first.logs[0]?.cursor
  // Before the first record of all there is nothing: the list begins at the newest.
  if (cursor === undefined && at !== undefined && after === undefined)
    return begin(api, { ...search, at: undefined }, aborted)
  const newest = [...first.logs.toReversed(), ...self]
  if (after === undefined || (cursor === undefined && at === undefined))
    return { newest, tail: first.tail ?? null, older: first.next, newer: null }
  const [later, { tail }] = await Promise.all([page({ after }), page({ limit: 1 })])
  return {
    newest: [...newest, ...later.logs],
    tail: tail ?? null,
    older: first.next,
    newer: later.logs.length === PAGE ? later.next : null,
  }
}

/** A page within the range of a search. */
export async function pageFrom(
  api: Api,
  { q, from, to, goesOn }: Pick<Search, 'q' | 'from' | 'to' | 'goesOn'>,
  params: Params,
  aborted: AbortSignal,
): Promise<Page> {
  const end = goesOn ? Math.max(to, Date.now() + AHEAD) : to
  return pageOf(await api.get<LogsAnswer>('/api/logs', { q, from, to: end, ...params }, aborted))
}

/** What has arrived after a cursor, whatever its time is: records may be late. */
export async function arrivals(api: Api, q: string, tail: string, aborted: AbortSignal): Promise<Page> {
  return pageOf(await api.get<LogsAnswer>('/api/logs', { q, after: tail, limit: BIG_PAGE }, aborted))
}

async function recordAt(api: Api, cursor: string, aborted: AbortSignal): Promise<readonly Log[]> {
  const answer = await api.get<LogsAnswer>('/api/logs/around', { cursor, before: 0, after: 0 }, aborted)
  return pageOf(answer).logs
}
