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
  /** Whom the line tells a call to. */
  readonly upstream?: string
}

const ACCESS_EVENTS = new Set(['request completed', 'request failed', 'request aborted'])

/** Whether a line is the one that tells how a request went. */
export function isAccessEvent({ msg, outcome }: LogLine): boolean {
  return ACCESS_EVENTS.has(msg) && outcome !== undefined
}

/** Reads a line. `undefined`: it is no JSON, such as a warning of node's. */
export function lineIn(text: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as LogLine) : undefined
  } catch {
    return undefined
  }
}
