import type { Scraped, ScrapeOutcome } from '../scrape/exposition/scraped.ts'
import type { StoreModule } from '../store/store-module.ts'
import type { DerivedDeltas } from './derive/deltas.ts'
import type { BodyForm, Sample, Signal, Stored } from './ingest.ts'
import type { PlainRefusal } from './refusal.ts'

/** What an event thread knows from its start. */
export interface EventThreadConfig {
  readonly store: StoreModule
  /** The number of the thread, which its files have. */
  readonly writer: number
  /** Whether secrets are masked. */
  readonly redact: boolean
}

/** What the series thread knows from its start. */
export interface SeriesThreadConfig {
  readonly store: StoreModule
  /** Whether secrets are masked. */
  readonly redact: boolean
}

/** The body of an export request. */
export interface BodyRequest extends BodyForm {
  readonly kind: 'body'
  readonly id: number
  readonly signal: Signal
  readonly body: Uint8Array<ArrayBuffer>
  /** Whether the answer brings the body back, for forwarding. */
  readonly isReturned: boolean
}

/** From the main thread to an event thread or the series thread. */
export type ToThread =
  | BodyRequest
  | { readonly kind: 'scrape'; readonly id: number; readonly scrape: Scraped }
  | { readonly kind: 'samples'; readonly samples: readonly Sample[] }
  | { readonly kind: 'deltas'; readonly deltas: DerivedDeltas }
  /** Commit what is there, close the files and end. */
  | { readonly kind: 'end' }

/** A body that was stored. */
export interface StoredBody extends Stored {
  /** Where the request asked for it. */
  readonly body?: Uint8Array<ArrayBuffer> | undefined
}

/** The end of a request. */
export type Settled =
  | { readonly id: number; readonly result: StoredBody | ScrapeOutcome }
  | { readonly id: number; readonly refusal: PlainRefusal }

/** Items that were stored, by signal and job. */
export interface StoredCount {
  readonly signal: Signal
  readonly job: string
  readonly items: number
  /** Milliseconds that the newest item is ahead of the hub's clock. Missing where the times are the hub's own. */
  readonly aheadMs?: number
}

/** Counts of the series writer since its start. */
export interface SeriesCount {
  readonly samples: number
  readonly outOfOrder: number
  readonly overLimit: ReadonlyMap<string, number>
  readonly series: ReadonlyMap<string, number>
}

/** From an event thread or the series thread to the main thread. */
export type FromThread =
  | { readonly kind: 'ready' }
  | {
      readonly kind: 'settled'
      readonly settled: readonly Settled[]
      readonly counts: readonly StoredCount[]
      /** Bytes of the bodies as they were received, and the milliseconds that the thread took for them. */
      readonly bytes: number
      readonly busyMs: number
    }
  | { readonly kind: 'deltas'; readonly deltas: DerivedDeltas }
  /** This many more of the deltas are in stored samples, in the order of their arrival. */
  | { readonly kind: 'derived'; readonly deltas: number }
  | { readonly kind: 'series'; readonly counts: SeriesCount }
  | { readonly kind: 'notice'; readonly level: 'info' | 'error'; readonly message: string }
