import type { DerivedDeltas } from './derive/deltas.ts'

/** Where deltas go: the series thread. */
export interface DeltaReceiver {
  readonly isUp: boolean
  tell(message: { readonly kind: 'deltas'; readonly deltas: DerivedDeltas }): void
}

/** Spans and log records, estimated from the sampled ones. */
export interface Underived {
  readonly traces: number
  readonly logs: number
}

interface Kept extends Underived {
  readonly deltas: DerivedDeltas
  readonly entries: number
}

/** Entries of deltas that are kept at most: about 10 MB. */
const MOST_ENTRIES = 200_000

/**
 * Hands the deltas of event threads to the series thread, and keeps them until they are in stored samples: a series thread that is
 * started again gets them again. What cannot be kept for that is counted when it is lost.
 */
export class DeltaRelay {
  readonly #receiver: DeltaReceiver
  /** Oldest first. Those before `#unsent` were sent. */
  #kept: Kept[] = []
  #unsent = 0
  #entries = 0
  /** Sent before all that are kept, and not kept any more. */
  #forgotten: Underived[] = []
  #lost = { traces: 0, logs: 0 }

  constructor(receiver: DeltaReceiver) {
    this.#receiver = receiver
  }

  /** What no series counts, since a thread ended. */
  get lost(): Underived {
    return this.#lost
  }

  add(deltas: DerivedDeltas): void {
    const kept = keptOf(deltas)
    this.#kept.push(kept)
    this.#entries += kept.entries
    this.send()
    while (this.#entries > MOST_ENTRIES) this.#forget()
  }

  /** Sends what was not sent, if the series thread is up. */
  send(): void {
    if (!this.#receiver.isUp) return
    for (const { deltas } of this.#kept.slice(this.#unsent)) this.#receiver.tell({ kind: 'deltas', deltas })
    this.#unsent = this.#kept.length
  }

  /** The first of the sent deltas are in stored samples. */
  written(count: number): void {
    const forgotten = this.#forgotten.splice(0, count).length
    const done = this.#kept.splice(0, Math.min(count - forgotten, this.#unsent))
    this.#unsent -= done.length
    for (const { entries } of done) this.#entries -= entries
  }

  /** The series thread has ended, with what it had not written. */
  ended(): void {
    for (const each of this.#forgotten) this.#lose(each)
    this.#forgotten = []
    this.#unsent = 0
  }

  #forget(): void {
    const oldest = this.#kept.shift()
    if (oldest === undefined) return
    this.#entries -= oldest.entries
    if (this.#unsent > 0) {
      this.#unsent--
      this.#forgotten.push({ traces: oldest.traces, logs: oldest.logs })
    } else this.#lose(oldest)
  }

  #lose({ traces, logs }: Underived): void {
    this.#lost = { traces: this.#lost.traces + traces, logs: this.#lost.logs + logs }
  }
}

function keptOf(deltas: DerivedDeltas): Kept {
  const kept = { deltas, entries: 0, traces: 0, logs: 0 }
  for (const { spans, logs, calls, exceptions } of [deltas, ...deltas.late]) {
    kept.entries += 1 + spans.length + logs.length + calls.count + exceptions.length
    kept.traces += spans.reduce((sum, { buckets }) => sum + buckets.reduce((all, each) => all + each, 0), 0)
    kept.logs += logs.reduce((sum, { count }) => sum + count, 0)
  }
  return kept
}
