import type { StoreModule } from '../store/store-module.ts'
import type { QueryErrorType } from './query-error.ts'
import type { TaskName } from './tasks/tasks.ts'

/** What a query thread knows from its start. */
export interface ThreadConfig {
  readonly store: StoreModule
  /** Samples that a PromQL query may have in memory. */
  readonly maxSamples: number
}

/** From the pool to its thread. */
export type Request =
  | {
      readonly kind: 'task'
      readonly id: number
      readonly name: TaskName
      readonly params: unknown
      /** Milliseconds that the task may take. */
      readonly timeMs: number
      /** `json`: the result as bytes of JSON, so that the main thread does not have to render it. */
      readonly form: 'json' | 'value'
    }
  | { readonly kind: 'cancel'; readonly id: number }

/** From a thread to its pool. */
export type Response =
  | { readonly kind: 'result'; readonly id: number; readonly result: unknown }
  | {
      readonly kind: 'error'
      readonly id: number
      readonly errorType: QueryErrorType
      readonly message: string
      readonly status: number
    }
