/** The part of events that are counted when they arrive. */
export const PRESENT = 0
/** Milliseconds of a part of the time in which late events are counted together: the interval of the derived series. */
export const PART_MS = 10_000
/** Milliseconds from an event to its arrival, from which on it is late. Exporters send every few seconds. */
const LATE_MS = 30_000
/** Milliseconds after which an event counts at its arrival: the store keeps all samples this long, and only some of the older ones. */
const TOO_LATE_MS = 6 * 3_600_000

/**
 * The part of the time in which an event counts: the end of its ten seconds where it is late, {@link PRESENT} otherwise. Times in
 * milliseconds since 1970.
 */
export function partOf(time: number, now: number): number {
  const age = now - time
  return age > LATE_MS && age <= TOO_LATE_MS ? (Math.floor(time / PART_MS) + 1) * PART_MS : PRESENT
}
