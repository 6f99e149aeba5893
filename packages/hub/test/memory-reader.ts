import { memorySource, type SelectedSeries, type Selection } from '@sightline/promql'

import type { Labels, MetricMetadata, StoredExemplar } from '../src/store/samples.ts'
import type { StoreReader } from '../src/store/store.ts'

/** What a reader in memory holds. */
export interface MemoryData {
  readonly series?: readonly SelectedSeries[]
  readonly metadata?: ReadonlyMap<string, MetricMetadata>
  readonly exemplars?: readonly { readonly labels: Labels; readonly exemplars: readonly StoredExemplar[] }[]
  /** Answers for events. A method that is missing rejects. */
  readonly events?: Partial<StoreReader>
}

/** A reader over series in memory, for tests of what stands above a store. */
export function memoryReader({
  series = [],
  metadata = new Map(),
  exemplars = [],
  events = {},
}: MemoryData): StoreReader {
  const source = memorySource(series)
  const selected = async (selections: readonly Selection[]): Promise<readonly Labels[]> => {
    if (selections.length === 0) return series.map(({ labels }) => labels)
    const found = new Set<Labels>()
    for (const selection of selections) {
      for (const { labels, times } of await source.select(selection)) {
        if (times.some((time) => time >= selection.start && time <= selection.end)) found.add(labels)
      }
    }
    return [...found]
  }
  const missing = async (): Promise<never> => {
    throw new Error('The reader in memory has no such events')
  }
  return {
    trace: missing,
    traceLogs: missing,
    traces: missing,
    logs: missing,
    surroundings: missing,
    histogram: missing,
    facets: missing,
    errors: missing,
    error: missing,
    ...events,
    select: async (selection) => [...(await source.select(selection))],
    series: selected,
    labelNames: async (selections) => [
      ...new Set((await selected(selections)).flatMap((labels) => Object.keys(labels))),
    ],
    labelValues: async (name, selections) => [
      ...new Set((await selected(selections)).flatMap((labels) => labels[name] ?? [])),
    ],
    metadata: async (name) => new Map([...metadata].filter(([each]) => name === undefined || each === name)),
    exemplars: async (selections) =>
      exemplars.filter(({ labels }) =>
        selections.some(({ matchers }) =>
          matchers.every((matcher) => matcher.matches(labels[matcher.name] ?? '')),
        ),
      ),
    close() {},
  }
}
