import { LabelSet } from '@sightline/promql'

import type { KnownLabels, SeriesLabels } from './series-labels.ts'

/** Series that all remembered lists have together. */
const MOST_SERIES = 100_000

/** Series in the order of their labels. */
interface Ordered {
  /** The numbers of the series, ascending. */
  readonly numbers: readonly number[]
  /** The labels of each series, with its index in `numbers`. */
  readonly series: ReadonlyArray<KnownLabels & { readonly index: number }>
}

/**
 * Orders series by their labels, as a query needs them. A page asks for the same series again and again, and their labels never change:
 * the order is remembered, because sorting thousands of label sets takes as long as reading their samples.
 */
export class LabelOrder {
  readonly #labels: SeriesLabels
  readonly #remembered = new Map<string, Ordered>()
  #count = 0

  constructor(labels: SeriesLabels) {
    this.#labels = labels
  }

  /** Ordered series of ascending numbers. The list must not change afterwards. */
  of(numbers: readonly number[]): Ordered['series'] {
    const key = `${numbers.length} ${numbers[0]} ${numbers[numbers.length >> 1]} ${numbers.at(-1)}`
    const remembered = this.#remembered.get(key)
    if (remembered !== undefined && isEqual(remembered.numbers, numbers)) return remembered.series
    const series = numbers
      .map((number, index) => ({ ...this.#labels.known(number), index }))
      .toSorted((a, b) => LabelSet.compare(a.set, b.set))
    this.#count += numbers.length - (remembered?.numbers.length ?? 0)
    if (this.#count > MOST_SERIES) {
      this.#remembered.clear()
      this.#count = numbers.length
    }
    this.#remembered.set(key, { numbers, series })
    return series
  }
}

function isEqual(some: readonly number[], others: readonly number[]): boolean {
  return some.length === others.length && some.every((one, index) => one === others[index])
}
