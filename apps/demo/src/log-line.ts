/** A line of a service's log: the fields that the demo reads. */
export interface LogLine {
  readonly time: string
  readonly level: string
  readonly msg: string
  readonly service: string
  readonly trace_id?: string
  readonly method?: string
  readonly route?: string | null
  readonly status?: number | null
  readonly outcome?: 'completed' | 'aborted' | 'broken'
  readonly duration_ms?: number
  /** The upstream of a call. */
  readonly upstream?: string
}

const ACCESS_EVENTS = new Set(['request completed', 'request failed', 'request aborted'])

/** Whether a line is an access event. */
export function isAccessEvent({ msg, outcome }: LogLine): boolean {
  return ACCESS_EVENTS.has(msg) && outcome !== undefined
}

/** Parses a line. `undefined` if it is not JSON, such as a warning of node. */
export function lineIn(text: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as LogLine) : undefined
  } catch {
    return undefined
  }
}
