import { type GroupPart, readPart } from '../codec/group.ts'

/** Samples of a series, by ascending times. */
export interface Samples {
  readonly times: Float64Array
  readonly values: Float64Array
}

/** Samples of a series in a chunk, from index `from` up to `to`. */
export interface Piece {
  readonly part: GroupPart
  readonly from: number
  readonly to: number
}

/** Samples of all series from batches: series `n` has those from `offsets[n]` up to `offsets[n + 1]`. */
type RecentSamples = { readonly offsets: Uint32Array } & Samples

/** Joins the samples of each series from chunks and batches. `undefined` for a series without any. */
export function joined(
  pieces: ReadonlyArray<readonly Piece[]>,
  recent: RecentSamples,
): Array<Samples | undefined> {
  const counts = pieces.map((own, position) =>
    own.reduce((sum, { from, to }) => sum + to - from, lengthOf(recent, position)),
  )
  // One array for all series: to allocate one for each takes longer than to decode a few values.
  const all = new Float64Array(counts.reduce((sum, count) => sum + count, 0))
  const join = { scratch: new Float64Array(1_024), recent }
  let end = 0
  let before: { readonly position: number; readonly times: Float64Array } | undefined
  return pieces.map((own, position) => {
    const count = counts[position] ?? 0
    if (count === 0) return undefined
    end += count
    const values = all.subarray(end - count, end)
    // The buckets of a histogram have the same times: these are joined once.
    const shared =
      before !== undefined && hasSameTimes(pieces, recent, before.position, position)
        ? before.times
        : undefined
    const times = shared ?? joinedTimes(own, recent, position, count)
    before = { position, times }
    joinValues(own, join, position, values)
    return { times, values }
  })
}

function lengthOf({ offsets }: RecentSamples, position: number): number {
  return (offsets[position + 1] ?? 0) - (offsets[position] ?? 0)
}

function hasSameTimes(
  pieces: ReadonlyArray<readonly Piece[]>,
  recent: RecentSamples,
  one: number,
  other: number,
): boolean {
  const mine = pieces[one] ?? []
  const theirs = pieces[other] ?? []
  const length = lengthOf(recent, one)
  if (mine.length !== theirs.length || length !== lengthOf(recent, other)) return false
  // The same array has the same range of times.
  if (!mine.every(({ part }, index) => part.times === theirs[index]?.part.times)) return false
  const first = recent.offsets[one] ?? 0
  const second = recent.offsets[other] ?? 0
  for (let index = 0; index < length; index++)
    if (recent.times[first + index] !== recent.times[second + index]) return false
  return true
}

function joinedTimes(
  own: readonly Piece[],
  recent: RecentSamples,
  position: number,
  count: number,
): Float64Array {
  const [first] = own
  if (first !== undefined && count === first.part.times.length) return first.part.times
  const times = new Float64Array(count)
  let place = 0
  for (const { part, from, to } of own) {
    times.set(to - from === part.times.length ? part.times : part.times.subarray(from, to), place)
    place += to - from
  }
  copyRecent(recent.times, recent.offsets, position, times, place)
  return times
}

function joinValues(
  own: readonly Piece[],
  join: { scratch: Float64Array; readonly recent: RecentSamples },
  position: number,
  values: Float64Array,
): void {
  let place = 0
  for (const { part, from, to } of own) {
    const length = part.times.length
    if (to - from === length) readPart(part, values, place)
    else {
      // Values are differences from those before, so that all are decoded.
      if (join.scratch.length < length) join.scratch = new Float64Array(length * 2)
      readPart(part, join.scratch, 0)
      values.set(join.scratch.subarray(from, to), place)
    }
    place += to - from
  }
  copyRecent(join.recent.values, join.recent.offsets, position, values, place)
}

function copyRecent(
  source: Float64Array,
  offsets: Uint32Array,
  position: number,
  target: Float64Array,
  place: number,
): void {
  const end = offsets[position + 1] ?? 0
  for (let index = offsets[position] ?? 0, at = place; index < end; index++, at++)
    target[at] = source[index] ?? 0
}
