import { msOf } from '../format/times.ts'
import type { Group } from './groups.ts'

/** Whether a group is new: it came within the range, with a version, or back after it was resolved. */
export const isFresh = (group: Group, from: number): boolean =>
  group.state.kind === 'regressed' || (group.newIn ?? null) !== null || msOf(group.firstSeen) >= from
