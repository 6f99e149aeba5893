import { createApi } from '../src/api/api.ts'
import type { ApiParts } from '../src/api/parts.ts'
import { inlineQueries } from './inline-queries.ts'
import { type MemoryData, memoryReader } from './memory-reader.ts'

/** An API over data in memory. */
export function apiOver(data: MemoryData, parts: Partial<ApiParts> = {}): ReturnType<typeof createApi> {
  return createApi({
    queries: inlineQueries(memoryReader(data)),
    keeper: {
      setErrorState: async () => {},
      state: async () => {
        throw new Error('There is no keeper')
      },
    },
    targets: () => [],
    state: async () => ({}),
    version: '1.2.3',
    ...parts,
  })
}
