import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'

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
  readonly outcome?: 'completed' | 'aborted'
  readonly duration_ms?: number
  /** Whom the line tells a call to. */
  readonly upstream?: string
}

const ACCESS_EVENTS = new Set(['request completed', 'request failed', 'request aborted'])

/** Whether a line is the one that tells how a request went. */
export function isAccessEvent({ msg, outcome }: LogLine): boolean {
  return ACCESS_EVENTS.has(msg) && outcome !== undefined
}

/** Reads a log line by line. What is no JSON, such as a warning of node's, is passed over. */
export async function* readLog(file: string): AsyncGenerator<LogLine> {
  for await (const text of createInterface({ input: createReadStream(file), crlfDelay: Infinity })) {
    const line = parsed(text)
    if (line) yield line
  }
}

function parsed(text: string): LogLine | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as LogLine) : undefined
  } catch {
    return undefined
  }
}
