import { type Matcher, parseSelector, type Selection } from '@sightline/promql'

import type { Labels, SeriesWriter } from '../../src/store/samples.ts'
import type { StoreReader } from '../../src/store/store.ts'

/** The time of the first sample of tests, in milliseconds since 1970. */
export const START = 1_750_000_000_000

/** Calls of `tend` after which a store that finds no end is broken. */
const MOST_CALLS = 100_000

/** What reads series of a store. */
export type SeriesAccess = Pick<
  StoreReader,
  'isOrdered' | 'select' | 'series' | 'labelNames' | 'labelValues' | 'metadata' | 'exemplars' | 'close'
>

/** A series with plain lists. */
export interface PlainSeries {
  readonly labels: Labels
  readonly times: readonly number[]
  readonly values: readonly number[]
  /** The bits of the values, which tell NaNs and zeros apart. */
  readonly bits: readonly bigint[]
}

/** The matchers of a selector. */
export function matchers(selector: string): readonly Matcher[] {
  return parseSelector(selector)
}

/** What a reader selects, sorted by labels. */
export async function readAll(reader: SeriesAccess, selection: Selection): Promise<PlainSeries[]> {
  const found = await reader.select(selection)
  return [...found]
    .map(({ labels, times, values }) => ({
      labels,
      times: [...times],
      values: [...values],
      bits: [...new BigUint64Array(values.slice().buffer)],
    }))
    .toSorted((a, b) => (textOf(a.labels) < textOf(b.labels) ? -1 : 1))
}

/** Labels as a text, for sorting: numbers in them by their size. */
export function textOf(labels: Labels): string {
  return Object.keys(labels)
    .toSorted()
    .map((name) => `${name}=${(labels[name] ?? '').replaceAll(/\d+/g, (digits) => digits.padStart(8, '0'))}`)
    .join()
}

/** Does all the work in the background that is due. */
export function settle(writer: SeriesWriter, now: number): void {
  for (let call = 0; writer.tend(now); call++)
    if (call > MOST_CALLS) throw new Error('The work does not end.')
}

export function bitsOf(value: number): bigint {
  return new BigUint64Array(Float64Array.of(value).buffer)[0] ?? 0n
}
