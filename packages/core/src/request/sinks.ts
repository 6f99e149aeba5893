import { isDoneWithin } from '../context/within.ts'
import type { RequestRecord, Sink } from '../seam.ts'

/** Told of a sink that has thrown. */
export type SinkFailure = (name: string, error: unknown) => void

/** The consumers of records. What one of them throws reaches neither the others nor the application. */
export class Sinks {
  readonly #failed: SinkFailure
  #sinks: readonly Sink[]

  constructor(sinks: readonly Sink[], failed: SinkFailure) {
    this.#sinks = sinks
    this.#failed = failed
  }

  /** @returns takes it away again */
  add(sink: Sink): () => void {
    this.#sinks = [...this.#sinks, sink]
    return () => {
      this.#sinks = this.#sinks.filter((each) => each !== sink)
    }
  }

  begin(method: string, scheme: RequestRecord['scheme']): void {
    for (const sink of this.#sinks) {
      try {
        sink.begin?.(method, scheme)
      } catch (error) {
        this.#failed(sink.name, error)
      }
    }
  }

  write(record: RequestRecord): void {
    for (const sink of this.#sinks) this.tell(sink, record)
  }

  /** Tells one alone, which need not be one of them. */
  tell(sink: Pick<Sink, 'name' | 'write'>, record: RequestRecord): void {
    try {
      sink.write(record)
    } catch (error) {
      this.#failed(sink.name, error)
    }
  }

  /** Closes all of them at the same time. What takes longer is left to itself. */
  async close(withinMs: number, failed: SinkFailure): Promise<void> {
    await Promise.all(
      this.#sinks.map((sink) => closeInTime(`sink ${sink.name}`, () => sink.close?.(), withinMs, failed)),
    )
  }
}

/** Ends something within a time. Never rejects. */
export async function closeInTime(
  what: string,
  end: () => unknown,
  ms: number,
  failed: SinkFailure,
): Promise<void> {
  try {
    if (await isDoneWithin(ms, end)) return
    failed(`close of ${what}`, new Error(`it has not ended within ${Math.round(ms)} ms`))
  } catch (error) {
    failed(`close of ${what}`, error)
  }
}
