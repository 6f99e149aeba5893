/** Counts of neighbouring exponential buckets: bucket `first + n` has `counts[n]`. */
export interface Buckets {
  readonly first: number
  readonly counts: readonly number[]
}

export const NO_BUCKETS: Buckets = { first: 0, counts: [] }

/** The buckets of a scale that is `steps` lower: two of them become one, `steps` times. */
export function coarser({ first, counts }: Buckets, steps: number): Buckets {
  if (steps <= 0 || counts.length === 0) return { first, counts }
  const width = 2 ** steps
  const start = Math.floor(first / width)
  const end = Math.floor((first + counts.length - 1) / width)
  const merged = Array.from({ length: end - start + 1 }, () => 0)
  counts.forEach((count, index) => {
    const place = Math.floor((first + index) / width) - start
    merged[place] = (merged[place] ?? 0) + count
  })
  return { first: start, counts: merged }
}

/** The counts of both, which have the same scale. */
export function added(a: Buckets, b: Buckets): Buckets {
  if (a.counts.length === 0) return b
  if (b.counts.length === 0) return a
  const first = Math.min(a.first, b.first)
  const end = Math.max(a.first + a.counts.length, b.first + b.counts.length)
  const counts = Array.from(
    { length: end - first },
    (_, index) => countAt(a, first + index) + countAt(b, first + index),
  )
  return { first, counts }
}

/** The count of a bucket; 0 outside of the known ones. */
export function countAt({ first, counts }: Buckets, index: number): number {
  return counts[index - first] ?? 0
}
