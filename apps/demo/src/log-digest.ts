import { isAccessEvent, type LogLine } from './log-line.ts'

/** The counts of a log. */
export interface LogDigest {
  readonly accessEvents: number
  /** Requests with a status of 500 or more, or broken by the service. */
  readonly failed: number
  /** Requests whose client left first. */
  readonly aborted: number
  /** Calls to each upstream, answered or timed out. */
  readonly calls: ReadonlyMap<string, number>
  /** The trace of the last paid checkout. */
  readonly lastCheckout: string | undefined
}

/** Counts a log while it is written: at the end of a long day its beginning is deleted. */
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
