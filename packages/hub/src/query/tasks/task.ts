import type { StoreReader } from '../../store/store.ts'

/** What a task works with. */
export interface TaskContext {
  readonly reader: StoreReader
  /** Aborted when the client no longer waits. */
  readonly signal: AbortSignal
  /** Milliseconds that the task may take. A search then ends with what it has found, a PromQL query fails. */
  readonly timeMs: number
  /** Samples that a PromQL query may have in memory. */
  readonly maxSamples: number
}
