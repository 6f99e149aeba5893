/**
 * The time budget of a shutdown. With the defaults, T is 10 s: the time from the drain delay to the deadline.
 *
 * | until                        | step                                                                          |
 * | ---------------------------- | ----------------------------------------------------------------------------- |
 * | the end of the drain delay   | the service still accepts requests                                            |
 * | 70 % of T                    | in-flight requests finish                                                     |
 * | 85 % of T                    | hooks run                                                                     |
 * | 90 % of T, or deadline-500ms | sinks, destinations and ports close in parallel, within {@link CLOSE_MS}      |
 * | the deadline                 | the process exits, and writes the last lines                                  |
 *
 * `close()` of a Sightline has {@link CLOSE_MS}, too. Within it, a destination has {@link MARGIN_MS} less, which leaves
 * time for a late abort. Of its own time, `@sightline/otel` reads the metrics in the first fifth, and delivers in the
 * rest. `@sightline/delivery` knows no Sightline: its default of 2 s applies to a destination without a given time.
 */

/** Share of T at whose end in-flight requests are cut. */
export const REQUESTS_SHARE = 0.7
/** Share of T at whose end hooks are abandoned. */
export const HOOKS_SHARE = 0.85
/** Time for all sinks, destinations and ports to flush and close. */
export const CLOSE_MS = 3_000
/** Part of {@link CLOSE_MS} that a destination does not get. */
export const MARGIN_MS = 300
/** Time for the connections of a management port to end. Within {@link CLOSE_MS}, since the ports close in parallel. */
export const PORT_CLOSE_MS = 500
/** Share of T for the exit itself, in which the last lines are written. */
const EXIT_SHARE = 0.1
const EXIT_MAX_MS = 500

/** The times of a shutdown, in milliseconds. */
export interface EndingTimes {
  /** How long the service continues to serve. */
  readonly drainDelay: number
  /** Total time of the shutdown. */
  readonly deadline: number
}

/** Milliseconds after which the process must start to exit, to be gone at the deadline. */
export function exitAfter({ drainDelay, deadline }: EndingTimes): number {
  return deadline - Math.min(EXIT_MAX_MS, (deadline - drainDelay) * EXIT_SHARE)
}
