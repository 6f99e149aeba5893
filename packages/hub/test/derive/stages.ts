import { createDerivation, type Derivation } from '../../src/ingest/derive/derivation.ts'
import { createDerivedSeries, type DerivedSeries } from '../../src/ingest/derive/derived-series.ts'
import type { Round } from '../../src/ingest/derive/growth/cumulative.ts'
import { createMemoryWriter, type MemoryWriter, type WrittenSample } from '../memory-writer.ts'

/** Milliseconds since 1970, when a test begins. */
export const NOW = 1_700_000_000_000

/** Event threads and a series thread. */
export interface Stages {
  readonly writer: MemoryWriter
  readonly series: DerivedSeries
  thread(index?: number): Derivation
  /** Hands the deltas of all threads over. */
  exchange(): void
  /** Hands the deltas over and writes, some milliseconds after the last time. Returns the time. */
  write(later?: number, round?: Round): number
  /** The newest value of each series of a name, by the values of some labels. */
  values(name: string, ...by: string[]): Record<string, WrittenSample['value'] | undefined>
  /** The samples of the first series that has these labels. */
  samples(labels: Readonly<Record<string, string>>): readonly WrittenSample[] | undefined
}

/** Starts stages, whose clock stands still between writes. */
export function createStages(threads = 1): Stages {
  let now = NOW
  const writer = createMemoryWriter()
  const series = createDerivedSeries(() => now)
  const derivations = Array.from({ length: threads }, () => createDerivation(() => now))
  const exchange = () => {
    // As between threads.
    for (const derivation of derivations) series.add(structuredClone(derivation.take()))
  }
  return {
    writer,
    series,
    thread(index = 0) {
      const derivation = derivations[index]
      if (derivation === undefined) throw new Error(`There is no thread ${index}`)
      return derivation
    },
    exchange,
    write(later = 10_000, round = 'all') {
      exchange()
      now += later
      Array.from(series.write(writer, now, round))
      return now
    },
    values(name, ...by) {
      const found = writer.written.filter(({ labels }) => labels['__name__'] === name)
      return Object.fromEntries(
        found.map(({ labels, samples }) => [
          by.map((label) => labels[label]).join(' '),
          samples.at(-1)?.value,
        ]),
      )
    },
    samples(wanted) {
      const hasAll = (labels: Readonly<Record<string, string>>) =>
        Object.entries(wanted).every(([name, value]) => labels[name] === value)
      return writer.written.find(({ labels }) => hasAll(labels))?.samples
    },
  }
}
