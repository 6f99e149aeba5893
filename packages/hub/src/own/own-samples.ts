import type { Ingest } from '../ingest/ingest.ts'
import type { Keeper } from '../ingest/keeper.ts'
import type { StoreState } from '../store/store.ts'
import type { OwnMetrics } from './own-metrics.ts'

export interface OwnSamplesSetup {
  readonly own: OwnMetrics
  readonly keeper: Pick<Keeper, 'state'>
  readonly ingest: Pick<Ingest, 'samples'>
}

/** The timer that stores the hub's own metrics. */
export interface OwnSamples {
  /** The last known state of the store. */
  readonly store: StoreState | undefined
  stop(): void
}

const SAMPLE_MS = 10_000

/** Stores the hub's own metrics every 10 seconds. */
export function startOwnSamples({ own, keeper, ingest }: OwnSamplesSetup): OwnSamples {
  let store: StoreState | undefined

  async function sample(): Promise<void> {
    // Without an answer of the keeper, the last state stands.
    store = await keeper.state().catch(() => store)
    ingest.samples(own.samples(Date.now()))
  }

  const timer = setInterval(() => void sample(), SAMPLE_MS).unref()
  return {
    get store() {
      return store
    },
    stop: () => clearInterval(timer),
  }
}
