import { CallEnds } from './calls/call-ends.ts'
import type { DerivedPart, ExceptionDelta, LogDelta } from './deltas.ts'
import { SpanMetrics } from './span-metrics.ts'

/** Exceptions between two deltas. */
const MAX_EXCEPTIONS = 20_000

/** Counts the events of one part of the time, between two deltas. */
export class CountedPart {
  readonly spans = new SpanMetrics()
  readonly calls = new CallEnds()
  readonly #levels = new Map<string, Map<string, number>>()
  #exceptions: ExceptionDelta[] = []
  #dropped = 0

  log(job: string, level: string): void {
    let counts = this.#levels.get(job)
    if (counts === undefined) this.#levels.set(job, (counts = new Map()))
    counts.set(level, (counts.get(level) ?? 0) + 1)
  }

  exception(exception: ExceptionDelta): void {
    if (this.#exceptions.length < MAX_EXCEPTIONS) this.#exceptions.push(exception)
    else this.#dropped++
  }

  /** What was counted since the last call. */
  take(): DerivedPart {
    const logs: LogDelta[] = []
    for (const [job, counts] of this.#levels)
      for (const [level, count] of counts) logs.push({ job, level, count })
    const { calls, dropped } = this.calls.take()
    const part: DerivedPart = {
      spans: this.spans.take(),
      logs,
      calls,
      exceptions: this.#exceptions,
      dropped: dropped + this.#dropped,
    }
    this.#levels.clear()
    this.#exceptions = []
    this.#dropped = 0
    return part
  }
}
