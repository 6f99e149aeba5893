import type { Store } from '../../store/store.ts'
import type { StoreModule } from '../protocol.ts'

/** Opens a store in the thread that uses it. */
export async function openStoreModule({ module, options }: StoreModule): Promise<Store> {
  // The module is one of the hub's own, or of a test, and has this function.
  const { openStore } = (await import(module)) as { openStore(options: unknown): Store }
  return openStore(options)
}
