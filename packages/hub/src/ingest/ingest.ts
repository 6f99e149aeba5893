import type { Labels } from '../store/samples.ts'

/** The signals of OTLP that the hub stores. */
export type Signal = 'traces' | 'metrics' | 'logs'

/** How a body is encoded. */
export interface BodyForm {
  readonly encoding: 'protobuf' | 'json'
  readonly gzip: boolean
}

/** What became of the items of a stored request. */
export interface Stored {
  /** Spans, log records or points that were not stored. */
  readonly rejected: number
  /** One sentence about rejected or shortened items. Empty without any. */
  readonly reason: string
}

/** A value of a series at a time, in milliseconds since 1970. */
export interface Sample {
  readonly labels: Labels
  readonly time: number
  readonly value: number
}

/** Takes data in: what the main thread sees of the threads that store. */
export interface Ingest {
  /**
   * Stores the body of an export request. Resolves when its items are durable. `body` is transferred: it is empty afterwards.
   *
   * @throws {Refusal}
   */
  take(signal: Signal, body: Uint8Array<ArrayBuffer>, form: BodyForm): Promise<Stored>
  /** Milliseconds that a request of the signal would wait now, by the latest speed of its threads. */
  waitMs(signal: Signal): number
  /** Stores samples of the hub itself. */
  samples(batch: readonly Sample[]): void
}
