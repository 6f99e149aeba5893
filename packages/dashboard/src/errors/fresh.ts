import { msOf } from '../format/times.ts'

/** What tells whether a group is new. */
interface Seen {
  readonly state: { readonly kind: string }
  readonly newIn?: string | null
  readonly firstSeen: string
}

/** Whether a group is new: it came within the range, with a version, or back after it was resolved. */
export const isFresh = (group: Seen, from: number): boolean =>
  group.state.kind === 'regressed' || (group.newIn ?? null) !== null || msOf(group.firstSeen) >= from
