import { fenced } from '../format/share.ts'
import { msOf } from '../format/times.ts'
import { isFresh } from './fresh.ts'

/** What became of a group. Times in nanoseconds, as text. */
export interface GroupState {
  readonly kind: 'open' | 'regressed' | 'resolved' | 'ignored'
  readonly until?: string | null
}

/** A group of equal errors, as the hub tells of it. Counts are those of the time range. */
export interface Group {
  readonly fingerprint: string
  readonly type: string
  readonly message: string
  readonly services: readonly string[]
  readonly firstSeen: string
  readonly lastSeen: string
  readonly count: number
  readonly users: number
  readonly firstVersion: string
  readonly state: GroupState
  readonly trend?: readonly number[]
  /** The version that brought it, if others had been seen before. */
  readonly newIn?: string | null
}

/** An occurrence. */
export interface Sample {
  readonly time: string
  readonly message: string
  readonly service: string
  readonly instance: string
  readonly version: string
  readonly route: string
  readonly user: string
  readonly traceId: string
  readonly spanId: string
}

/** A group with all that is known of it. */
export interface GroupDetails extends Group {
  readonly stack: string
  readonly routes: ReadonlyArray<{ readonly service: string; readonly route: string; readonly count: number }>
  readonly versions: ReadonlyArray<{
    readonly version: string
    readonly count: number
    readonly firstSeen: string
  }>
  readonly samples: readonly Sample[]
}

/** A version of a service that began to run, in milliseconds. */
export interface Began {
  readonly time: number
  readonly service: string
  readonly version: string
}

/** Milliseconds that clocks and steps of series may be apart. */
const APART = 60_000

/** The deployment that an error began after, where it was first seen in that version. */
export const deploymentOf = (group: Group, deployed: readonly Began[]): Began | undefined =>
  deployed.findLast(
    ({ time, service, version }) =>
      version === group.firstVersion &&
      group.services.includes(service) &&
      msOf(group.firstSeen) >= time - APART,
  )

/** The tabs, and the states of the groups in each. */
export const TABS: ReadonlyArray<
  readonly [tab: string, title: string, kinds: ReadonlyArray<GroupState['kind']>]
> = [
  ['open', 'Open', ['open', 'regressed']],
  ['ignored', 'Ignored', ['ignored']],
  ['resolved', 'Resolved', ['resolved']],
]

/** The orders of the list. */
export const ORDERS: ReadonlyArray<readonly [order: string, title: string]> = [
  ['worst', 'Worst first'],
  ['newest', 'Newest first'],
  ['latest', 'Last seen first'],
  ['count', 'Most events first'],
]

/** The groups of a tab that have a text in their type, message, services or version. */
export function found(groups: readonly Group[], tab: string, text: string): Group[] {
  const kinds = TABS.find(([name]) => name === tab)?.[2] ?? []
  const words = text.toLowerCase().split(/\s+/).filter(Boolean)
  return groups.filter(({ state, type, message, services, firstVersion }) => {
    const all = [type, message, ...services, firstVersion].join('\n').toLowerCase()
    return kinds.includes(state.kind) && words.every((word) => all.includes(word))
  })
}

/** Groups in an order. The worst are those that a version brought, then those that came back, then new ones, each by their number. */
export function ordered(groups: readonly Group[], order: string, from: number): Group[] {
  const rank = (group: Group) =>
    (group.newIn ?? null) !== null ? 0 : group.state.kind === 'regressed' ? 1 : isFresh(group, from) ? 2 : 3
  const byTime = (a: string, b: string) => msOf(b) - msOf(a)
  return groups.toSorted((a, b) => {
    if (order === 'newest') return byTime(a.firstSeen, b.firstSeen)
    if (order === 'latest') return byTime(a.lastSeen, b.lastSeen)
    return (order === 'count' ? 0 : rank(a) - rank(b)) || b.count - a.count
  })
}

const GAP =
  /([\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}|\b[\da-f]{16,}\b|(?<![\p{L}_])\d+(?:[.,]\d+)*(?!\p{L}{3}))/giu

/** Divides a message where it has values that differ between equal errors: every second part is such a value. */
export const gapsOf = (message: string): string[] => message.split(GAP)

/** A message with its values as `<n>` and `<id>`: what all errors of a group have in common. */
export const templateOf = (message: string): string =>
  gapsOf(message)
    .map((part, at) => (at % 2 === 0 ? part : /[-a-f]/i.test(part) || part.length >= 16 ? '<id>' : '<n>'))
    .join('')

/** Parts of a whole by name, most first. */
export function sharesOf(names: readonly string[]): Array<{ readonly name: string; readonly part: number }> {
  const counts = new Map<string, number>()
  for (const name of names) if (name !== '') counts.set(name, (counts.get(name) ?? 0) + 1)
  return [...counts]
    .map(([name, count]) => ({ name, part: count / names.length }))
    .toSorted((a, b) => b.part - a.part)
}

/** A group as text for a ticket. */
export function markdownOf({
  type,
  message,
  count,
  services,
  firstSeen,
  lastSeen,
  firstVersion,
  stack,
}: GroupDetails): string {
  const iso = (time: string) => new Date(msOf(time)).toISOString()
  const facts = [
    `- ${count} events in ${services.join(', ')}`,
    `- first seen ${iso(firstSeen)}${firstVersion === '' ? '' : ` in ${firstVersion}`}`,
    `- last seen ${iso(lastSeen)}`,
  ]
  return `${fenced(`${type}: ${message}`)}\n\n${facts.join('\n')}\n\n${fenced(stack)}\n`
}
