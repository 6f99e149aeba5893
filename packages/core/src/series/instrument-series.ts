import type { NumberSeries } from './family.ts'
import { type Labelled, labelsIn, type SeriesLabels } from './labels.ts'

/**
 * One series of an instrument as it is read. Instruments hold the text of the labels alone. The labels by name are taken
 * from it for the first reader that asks, and remembered in the instrument: a scrape as text never does.
 */
export class InstrumentSeries implements Labelled {
  readonly labelText: string
  readonly #index: number
  readonly #remembered: SeriesLabels[]

  /** @param remembered the labels of all series of the instrument, as far as they were asked for */
  constructor(labelText: string, index: number, remembered: SeriesLabels[]) {
    this.labelText = labelText
    this.#index = index
    this.#remembered = remembered
  }

  get labels(): SeriesLabels {
    return (this.#remembered[this.#index] ??= labelsIn(this.labelText))
  }
}

/** One series of a counter or gauge as it is read. */
export class CountSeries extends InstrumentSeries implements NumberSeries {
  readonly value: number

  constructor(labelText: string, index: number, remembered: SeriesLabels[], value: number) {
    super(labelText, index, remembered)
    this.value = value
  }
}
