/** What changed. Times of answers are nanoseconds as text, here milliseconds since 1970. Rates are per second, durations seconds. */
export interface Change {
  readonly time: number
  readonly kind:
    | 'version'
    | 'latency'
    | 'errors'
    | 'rate'
    | 'calls'
    | 'ratio'
    | 'error-new'
    | 'error-regressed'
    | 'instance-gone'
  /** `note` is a change for the better, or one without meaning for users. */
  readonly state: 'deploy' | 'bad' | 'warn' | 'note'
  readonly service: string
  readonly route?: string
  readonly method?: string
  readonly version?: string
  readonly replaced?: string
  readonly instances?: readonly string[]
  readonly peer?: string
  readonly name?: string
  readonly fingerprint?: string
  readonly type?: string
  readonly count?: number
  readonly before?: number
  readonly after?: number
}

/** The range of a search for changes, and what it reads of series. Milliseconds. */
export interface Steps {
  readonly from: number
  readonly to: number
  readonly step: number
  /** Steps in `from` to `to`, and as many before. */
  readonly count: number
  /** Milliseconds that rates are computed over. */
  readonly window: number
}

/** Steps in the range. */
const STEPS = 40

/** The steps of a range. Rates need two samples of services that export once a minute. */
export function stepsOf(from: number, to: number): Steps {
  const step = Math.max(10_000, Math.ceil((to - from) / STEPS))
  return { from, to, step, count: 2 * Math.ceil((to - from) / step), window: Math.max(2 * step, 120_000) }
}

/** The time of a step. */
export const timeAt = ({ to, step, count }: Steps, index: number): number => to - (count - 1 - index) * step
