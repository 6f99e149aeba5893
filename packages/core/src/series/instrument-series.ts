import type { NumberSeries } from './family.ts'
import { type Labelled, labelsIn, type SeriesLabels } from './labels.ts'

/**
 * One series of an instrument during a read. Instruments only hold the text of the labels. The first reader of labels
 * by name derives them from the text, and the instrument caches them. A text scrape never needs them.
 */
export class InstrumentSeries implements Labelled {
  readonly labelText: string
  readonly #index: number
  readonly #remembered: SeriesLabels[]

  /** @param remembered the cache of the instrument */
  constructor(labelText: string, index: number, remembered: SeriesLabels[]) {
    this.labelText = labelText
    this.#index = index
    this.#remembered = remembered
  }

  get labels(): SeriesLabels {
    return (this.#remembered[this.#index] ??= labelsIn(this.labelText))
  }
}

/** One series of a counter or gauge during a read. */
export class CountSeries extends InstrumentSeries implements NumberSeries {
  readonly value: number

  constructor(labelText: string, index: number, remembered: SeriesLabels[], value: number) {
    super(labelText, index, remembered)
    this.value = value
  }
}
