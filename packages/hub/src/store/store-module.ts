import type { Store } from './store.ts'

/** A store that a thread opens itself: a module, whose `openStore(options)` returns a {@link Store}, and plain options. */
export interface StoreModule {
  /** URL of the module. */
  readonly module: string
  /** Passed to `openStore`; copied into the thread. */
  readonly options: unknown
}

/** Opens the store of a module. Rejects with the error of the module or of the store. */
export async function openStoreModule({ module, options }: StoreModule): Promise<Store> {
  // The configuration names a module of this type.
  const { openStore } = (await import(module)) as { openStore(options: unknown): Store }
  return openStore(options)
}
