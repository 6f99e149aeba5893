import type { RequestScope } from '../context/scopes.ts'
import { isDoneWithin } from '../context/within.ts'
import type { Exchange, Fields, RequestRecord, Sink } from '../seam.ts'
import type { BodyListener } from './wire.ts'

/** The view of a request for Sightline's own sinks, in addition to its record. */
export interface ObservedRequest extends RequestScope {
  /** As in the record. */
  readonly method: string
  readonly scheme: RequestRecord['scheme']
  readonly exchange: Exchange
  /** Passes the chunks of both bodies to a listener. Called when the request begins. */
  hearBodies(listener: BodyListener): void
}

/** Data that arrives after the end of a request: fields or an error. */
export type Late = { readonly fields: Fields } | { readonly error: unknown }

/** A sink of Sightline's own. It also gets the request itself, and late data. */
export interface RequestSink {
  readonly name: string
  begin?(request: ObservedRequest): void
  write(record: RequestRecord, request: ObservedRequest): void
  /** Called for data that arrives after the end of a request. */
  late?(record: RequestRecord, late: Late): void
}

/** Reports an error of a sink. */
export type SinkFailure = (name: string, error: unknown) => void

/** The consumers of records. An error of one sink affects neither the others nor the application. */
export class Sinks {
  readonly #own: readonly RequestSink[]
  readonly #failed: SinkFailure
  #sinks: readonly Sink[]

  /** @param own called after the others */
  constructor(sinks: readonly Sink[], own: readonly RequestSink[], failed: SinkFailure) {
    this.#sinks = sinks
    this.#own = own
    this.#failed = failed
  }

  /** @returns removes the sink */
  add(sink: Sink): () => void {
    this.#sinks = [...this.#sinks, sink]
    return () => {
      this.#sinks = this.#sinks.filter((each) => each !== sink)
    }
  }

  begin(request: ObservedRequest): void {
    for (const sink of this.#sinks) {
      try {
        sink.begin?.(request.method, request.scheme)
      } catch (error) {
        this.#failed(sink.name, error)
      }
    }
    for (const sink of this.#own) {
      try {
        sink.begin?.(request)
      } catch (error) {
        this.#failed(sink.name, error)
      }
    }
  }

  write(record: RequestRecord, request: ObservedRequest): void {
    for (const sink of this.#sinks) {
      try {
        sink.write(record)
      } catch (error) {
        this.#failed(sink.name, error)
      }
    }
    for (const sink of this.#own) {
      try {
        sink.write(record, request)
      } catch (error) {
        this.#failed(sink.name, error)
      }
    }
  }

  late(record: RequestRecord, late: Late): void {
    for (const sink of this.#own) {
      try {
        sink.late?.(record, late)
      } catch (error) {
        this.#failed(sink.name, error)
      }
    }
  }

  /** Closes all sinks in parallel. Does not wait for a sink beyond the time limit. */
  async close(withinMs: number, failed: SinkFailure): Promise<void> {
    await Promise.all(
      this.#sinks.map((sink) => closeInTime(`sink ${sink.name}`, () => sink.close?.(), withinMs, failed)),
    )
  }
}

/** Ends a part within a time limit. Never rejects. */
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
