import type { ErrorGroup, ErrorSearch, Page, TimeRange } from '../../../search.ts'
import type { SegmentPool } from '../read/segment-pool.ts'
import type { Segment } from '../read/segment.ts'
import { type KnownError, stateOf } from './error-states.ts'
import { IN_RANGE, OCCURRENCES, Occurrences, rangeValues, Trend } from './occurrences.ts'

/** What is known of the groups, and the present. */
export interface ErrorContext {
  readonly known: (fingerprint: string) => KnownError
  /** Nanoseconds since 1970. */
  readonly now: bigint
}

/** A group, as it is put together from all files. */
interface Collected {
  readonly fingerprint: string
  readonly type: string
  message: string
  readonly services: Set<string>
  /** Nanoseconds: of all occurrences. */
  firstSeen: bigint
  lastSeen: bigint
  firstVersion: string
  readonly occurrences: Occurrences
  readonly trend: Trend
  readonly users: Set<string>
}

/** Users of a group that are told from each other. More count as this many. */
const MOST_USERS = 10_000
/** Parts of the range in the trend of a group. */
const PARTS = 30

/**
 * Searches error groups with an occurrence in the range, the last seen first. Counts are of the range; first and last seen are of all that is
 * known.
 * @returns pages without a cursor: a store has few groups, and `limit` takes the first ones.
 */
export function searchErrors(
  pool: SegmentPool,
  search: ErrorSearch,
  { known, now }: ErrorContext,
): Page<ErrorGroup> {
  const deadline = performance.now() + search.timeMs
  const groups = new Map<string, Collected>()
  let complete = true
  for (const name of [...pool.kept(), ...pool.segments()].toReversed()) {
    if (performance.now() > deadline) {
      complete = false
      break
    }
    pool.use(name, (segment) => collect(segment, search, search.service, groups))
  }
  const found = [...groups.values()]
    .filter(({ occurrences }) => occurrences.count > 0)
    .map((group) => finish(group, known(group.fingerprint), now))
    .filter(({ state }) => search.states === undefined || search.states.includes(state.kind))
    .toSorted((a, b) =>
      a.lastSeen > b.lastSeen ? -1 : a.lastSeen < b.lastSeen ? 1 : a.fingerprint < b.fingerprint ? -1 : 1,
    )
  return { items: found.slice(0, search.limit), next: undefined, complete }
}

/** The group of one fingerprint, also without an occurrence in the range. */
export function errorGroup(
  pool: SegmentPool,
  fingerprint: string,
  range: TimeRange,
  { known, now }: ErrorContext,
): ErrorGroup | undefined {
  const groups = new Map<string, Collected>()
  for (const name of [...pool.kept(), ...pool.segments()]) {
    pool.use(name, (segment) => collect(segment, range, undefined, groups, fingerprint))
  }
  const group = groups.get(fingerprint)
  return group && finish(group, known(fingerprint), now)
}

function finish(group: Collected, known: KnownError, now: bigint): ErrorGroup {
  const isKnownEarlier = known.first !== undefined && known.first <= group.firstSeen
  return {
    fingerprint: group.fingerprint,
    type: group.type,
    message: group.message,
    services: [...group.services].toSorted(),
    firstSeen: isKnownEarlier ? (known.first ?? group.firstSeen) : group.firstSeen,
    lastSeen: group.lastSeen,
    count: group.occurrences.count,
    users: group.users.size,
    firstVersion: isKnownEarlier ? known.version : group.firstVersion,
    state: stateOf(known, group.lastSeen, now),
    trend: group.trend.counts,
  }
}

function collect(
  segment: Segment,
  range: TimeRange,
  service: string | undefined,
  groups: Map<string, Collected>,
  only?: string,
): void {
  const values = rangeValues(range)
  const ofService = service === undefined ? [] : [service]
  // The namespace of a service may be left out.
  const inService =
    service === undefined
      ? ''
      : "AND e.origin IN (SELECT id FROM error_origins WHERE ? IN (service, substr(service, instr(service, '/') + 1)))"
  const heads = segment
    .sql(
      `SELECT id, fingerprint, type, message FROM error_groups ${only === undefined ? '' : 'WHERE fingerprint = ?'}`,
    )
    .all(...(only === undefined ? [] : [only]))
  for (const head of heads) {
    const id = Number(head['id'])
    const within = segment
      .sql(`SELECT ${OCCURRENCES} FROM exceptions e WHERE e.error = ? AND ${IN_RANGE} ${inService}`)
      .get(id, ...values, ...ofService)
    const first = edge(segment, id, 'ASC')
    const last = edge(segment, id, 'DESC')
    if (!first || !last) continue
    const group = groups.get(String(head['fingerprint'])) ?? begin(groups, head, values)
    if (first.time < group.firstSeen) {
      group.firstSeen = first.time
      group.firstVersion = first.version
    }
    if (last.time > group.lastSeen) {
      group.lastSeen = last.time
      group.message = last.message
    }
    group.occurrences.add(within)
    group.trend.add(segment, id)
    if (group.occurrences.count > 0 || only !== undefined) addDistinct(segment, id, values, group)
  }
}

function begin(
  groups: Map<string, Collected>,
  { fingerprint, type, message }: Record<string, unknown>,
  values: readonly number[],
): Collected {
  const group = {
    fingerprint: String(fingerprint),
    type: String(type),
    message: String(message),
    services: new Set<string>(),
    firstSeen: 1n << 64n,
    lastSeen: -1n,
    firstVersion: '',
    occurrences: new Occurrences(),
    trend: new Trend(values, PARTS),
    users: new Set<string>(),
  }
  groups.set(group.fingerprint, group)
  return group
}

/** The first or last occurrence in a file. */
function edge(segment: Segment, id: number, direction: 'ASC' | 'DESC') {
  const row = segment
    .sql(
      `SELECT e.ms, e.ns, o.version, coalesce(e.message, g.message) AS message FROM exceptions e
       JOIN error_groups g ON g.id = e.error JOIN error_origins o ON o.id = e.origin
       WHERE e.error = ? ORDER BY e.ms ${direction}, e.ns ${direction} LIMIT 1`,
    )
    .get(id)
  return row && { time: momentOf(row), version: String(row['version']), message: String(row['message']) }
}

function addDistinct(segment: Segment, id: number, values: readonly number[], group: Collected): void {
  const users = segment.sql(
    `SELECT DISTINCT e.user FROM exceptions e WHERE e.error = ? AND ${IN_RANGE} AND e.user <> '' LIMIT ${MOST_USERS}`,
  )
  for (const { user } of users.iterate(id, ...values))
    if (group.users.size < MOST_USERS) group.users.add(String(user))
  const services = segment.sql(
    'SELECT DISTINCT o.service FROM exceptions e JOIN error_origins o ON o.id = e.origin WHERE e.error = ? LIMIT 1000',
  )
  for (const { service } of services.iterate(id)) if (service !== '') group.services.add(String(service))
}

/** Nanoseconds since 1970. */
export function momentOf({ ms, ns }: Record<string, unknown>): bigint {
  return BigInt(Number(ms)) * 1_000_000n + BigInt(Number(ns))
}
