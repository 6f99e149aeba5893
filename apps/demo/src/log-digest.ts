import { isAccessEvent, type LogLine } from './log-line.ts'

/** What one log says of the day, in numbers. */
export interface LogDigest {
  readonly accessEvents: number
  /** Of them, those with a status of 500 or more, and those that the service has broken off. */
  readonly failed: number
  /** Of them, those whose client left first. */
  readonly aborted: number
  /** Calls to each upstream, answered or given up on. */
  readonly calls: ReadonlyMap<string, number>
  /** The trace of the last checkout that was paid. */
  readonly lastCheckout: string | undefined
}

/** Counts a log as it is written: at the end of a long day its beginning is gone. */
export class LogCount implements LogDigest {
  accessEvents = 0
  failed = 0
  aborted = 0
  readonly calls = new Map<string, number>()
  lastCheckout: string | undefined = undefined

  add(line: LogLine): void {
    if (line.upstream !== undefined) this.calls.set(line.upstream, (this.calls.get(line.upstream) ?? 0) + 1)
    if (!isAccessEvent(line)) return
    this.accessEvents++
    if ((line.status ?? 0) >= 500 || line.outcome === 'broken') this.failed++
    if (line.outcome === 'aborted') this.aborted++
    if (isPaidCheckout(line)) this.lastCheckout = line.trace_id
  }
}

function isPaidCheckout({ route, status }: LogLine): boolean {
  return route === '/carts/:cartId/checkout' && status === 201
}
