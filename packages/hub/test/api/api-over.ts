import { createApi } from '../../src/api/api.ts'
import type { ApiParts } from '../../src/api/parts.ts'
import type { StoreReader } from '../../src/store/store.ts'
import { type SeriesData, storedSeries } from '../stored/series.ts'
import { inlineQueries } from './inline-queries.ts'

/** A reader of some methods. The others reject. */
export function partialReader(methods: Partial<StoreReader>): StoreReader {
  const missing = async (): Promise<never> => {
    throw new Error('This reader has no such method')
  }
  return {
    trace: missing,
    traceLogs: missing,
    traces: missing,
    logs: missing,
    surroundings: missing,
    histogram: missing,
    facets: missing,
    spanPoints: missing,
    compareSpans: missing,
    errors: missing,
    error: missing,
    select: missing,
    series: missing,
    labelNames: missing,
    labelValues: missing,
    metadata: missing,
    exemplars: missing,
    close() {},
    ...methods,
  }
}

/** Parts of an API whose queries run in this thread, and that has no data. */
export function partsOver(reader: Partial<StoreReader>): ApiParts {
  return {
    queries: inlineQueries(partialReader(reader)),
    keeper: {
      setErrorState: async () => {},
      state: async () => {
        throw new Error('There is no keeper')
      },
    },
    saved: { read: async () => undefined, write: async () => {} },
    targets: () => ({ activeTargets: [], droppedTargets: [] }),
    state: async () => ({}),
    version: '1.2.3',
  }
}

/** An API over stored series. */
export async function apiOverSeries(
  data: SeriesData,
): Promise<{ readonly api: ReturnType<typeof createApi>; remove(): Promise<void> }> {
  const { reader, remove } = await storedSeries(data)
  return { api: createApi(partsOver(reader)), remove }
}
