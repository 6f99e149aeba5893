import { isAccessEvent, type LogLine, readLog } from './log-file.ts'

/** What one log says of the day, in numbers. */
export interface LogDigest {
  readonly accessEvents: number
  /** Of them, those with a status of 500 or more. */
  readonly failed: number
  /** Of them, those whose client left first. */
  readonly aborted: number
  /** Calls to each upstream, answered or given up on. */
  readonly calls: ReadonlyMap<string, number>
  /** The trace of the last checkout that was paid. */
  readonly lastCheckout: string | undefined
}

/** Reads a log from end to end, and counts. */
export async function digestOf(file: string): Promise<LogDigest> {
  const calls = new Map<string, number>()
  const digest = {
    accessEvents: 0,
    failed: 0,
    aborted: 0,
    calls,
    lastCheckout: undefined as string | undefined,
  }
  for await (const line of readLog(file)) {
    if (line.upstream !== undefined) calls.set(line.upstream, (calls.get(line.upstream) ?? 0) + 1)
    if (!isAccessEvent(line)) continue
    digest.accessEvents++
    if ((line.status ?? 0) >= 500) digest.failed++
    if (line.outcome === 'aborted') digest.aborted++
    if (isPaidCheckout(line)) digest.lastCheckout = line.trace_id
  }
  return digest
}

/** The access events of one trace in several logs, log by log. */
export async function followTrace(traceId: string, files: readonly string[]): Promise<LogLine[]> {
  const events: LogLine[] = []
  for (const file of files) {
    for await (const line of readLog(file)) {
      if (line.trace_id === traceId && isAccessEvent(line)) events.push(line)
    }
  }
  return events
}

function isPaidCheckout({ route, status }: LogLine): boolean {
  return route === '/carts/:cartId/checkout' && status === 201
}
