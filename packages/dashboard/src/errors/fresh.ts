import { msOf } from '../format/times.ts'

/** What is needed of a group. */
interface Known {
  readonly firstSeen: string
  readonly state: { readonly kind: string }
  readonly newIn?: string | null
}

/** Whether a group is new: it came within the range, with a version, or back after it was resolved. */
export const isFresh = (group: Known, from: number): boolean =>
  group.state.kind === 'regressed' || (group.newIn ?? null) !== null || msOf(group.firstSeen) >= from
