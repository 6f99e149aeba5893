import type { ErrorState } from '../store/search.ts'
import type { StoreModule } from '../store/store-module.ts'
import type { StoreState } from '../store/store.ts'

/** What the keeper thread knows from its start. */
export interface KeeperThreadConfig {
  readonly store: StoreModule
  /** Milliseconds between two rounds of retention. */
  readonly retainMs: number
}

/** From the main thread to the keeper thread. */
export type ToKeeper =
  | { readonly kind: 'state'; readonly id: number }
  | {
      readonly kind: 'error state'
      readonly id: number
      readonly fingerprint: string
      readonly state: ErrorState
      readonly now: bigint
    }
  | { readonly kind: 'end' }

/** From the keeper thread to the main thread. */
export type FromKeeper =
  | { readonly kind: 'ready' }
  /** A round of retention has ended. */
  | { readonly kind: 'retained'; readonly problems: readonly string[] }
  | { readonly kind: 'result'; readonly id: number; readonly state: StoreState | undefined }
  | { readonly kind: 'failed'; readonly id: number; readonly message: string }
