/**
 * Longest time between the start of a new counter and its first point, in milliseconds, for which the counter gets a zero at its
 * start: Prometheus' lookback.
 */
const RECENT_MS = 300_000

/** What a point is to those before it. */
export type Position = 'next' | 'duplicate' | 'out of order'

/**
 * Follows the times of the points of one instrument and one set of attributes, and finds when their counters began at zero. A
 * sample of zero there makes `increase` and `rate` exact, which else miss what was counted until the first sample.
 */
export class PointClock {
  #start = -1
  #time = -Infinity

  /** Of a point with increments: whether it was added before. One that overlaps the last point is added, since clocks are not exact. */
  positionOf(start: number, time: number): Position {
    if (time > this.#time) return 'next'
    return time === this.#time && start === this.#start ? 'duplicate' : 'out of order'
  }

  /** Moves to the next point of a cumulative counter. When it began at zero, if it did so since the last point; else 0. */
  cumulative(start: number, time: number): number {
    const isFirst = this.#time === -Infinity
    const began = start > 0 && start < time && (isFirst ? time - start <= RECENT_MS : start > this.#time)
    this.#move(start, time)
    return began ? start : 0
  }

  /**
   * Moves to the next point with increments. When the sum began at zero, if this is its first point; else 0. It is just after
   * the start, where the last point before a restart of the hub may be.
   */
  delta(start: number, time: number): number {
    const isFirst = this.#time === -Infinity
    this.#move(start, time)
    return isFirst && start > 0 && start + 1 < time ? start + 1 : 0
  }

  #move(start: number, time: number): void {
    this.#start = start
    this.#time = Math.max(this.#time, time)
  }
}
