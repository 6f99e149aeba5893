import type { Labels, SeriesWriter } from '../../store/samples.ts'
import { parserOf } from './body.ts'
import { Families } from './families.ts'
import type { Label, Parser } from './parser.ts'
import { markEnd, Samples } from './samples.ts'
import type { ScrapeSettings } from './scraped.ts'
import { createSeriesLabels, type SeriesLabels } from './series-labels.ts'

/** A text in a body and the series that it stands for. */
interface Known {
  readonly text: string
  /** Whether relabelling drops the series. */
  readonly dropped: boolean
  /** The labels, until the series has a number. */
  labels: Labels | undefined
  /** `undefined` where nothing has been stored yet. */
  series: number | undefined
  /** Number of the last scrape that had it. 0: none. */
  scrape: number
  /** Its place in the body of that scrape. */
  place: number
  /** Text of its last exemplar. */
  exemplar: string
}

/** Most characters of an exemplar's labels, by the specification of OpenMetrics. */
const MAX_EXEMPLAR = 128
/** Samples of a later time are refused, milliseconds after the scrape. */
const MAX_AHEAD = 600_000
/** Texts that may be kept of failed scrapes. */
const SPARE_TEXTS = 1_000

/** The counts of one scrape, by the names of Prometheus' own series. */
export interface ScrapeCounts {
  readonly scraped: number
  readonly kept: number
  readonly added: number
}

/**
 * The series of one target. Remembers the texts of the last scrape, so that the labels of a series are read once, and writes a
 * staleness marker for each series that disappears. A body that is not valid stores nothing.
 */
export class TargetSeries {
  readonly #writer: SeriesWriter
  readonly #settings: ScrapeSettings
  readonly #labels: SeriesLabels
  readonly #families = new Families()
  readonly #known = new Map<string, Known>()
  readonly #samples = new Samples()
  /** The texts of the last scrape in their order, and of the current one. */
  #order: Known[] = []
  #nextOrder: Known[] = []
  #scrape = 0
  /** The series that the last scrape stored without a timestamp of their own. */
  #live: Set<number>
  #counts = { scraped: 0, kept: 0, added: 0 }

  /** @param live the series of the target under its former settings */
  constructor(writer: SeriesWriter, settings: ScrapeSettings, live: ReadonlySet<number>) {
    this.#writer = writer
    this.#settings = settings
    this.#labels = createSeriesLabels(settings)
    this.#live = new Set(live)
  }

  get live(): ReadonlySet<number> {
    return this.#live
  }

  /** Stores a body. Returns the error of an invalid one, or an empty text. */
  store(body: Uint8Array, contentType: string, time: number): { error: string; counts: ScrapeCounts } {
    this.#counts = { scraped: 0, kept: 0, added: 0 }
    this.#scrape++
    this.#samples.clear()
    this.#nextOrder = []
    let error = ''
    try {
      const { parser, openMetrics } = parserOf(body, contentType)
      this.#read(parser, openMetrics, time)
      this.#families.write(this.#writer, openMetrics)
    } catch (thrown) {
      if (!(thrown instanceof Error)) throw thrown
      error = thrown.message
    }
    if (error === '') {
      this.#samples.write(this.#writer)
      this.#endMissing(this.#samples.live, time)
      // An empty body is not a sign that the texts have changed.
      if (body.length > 0) this.#forget()
    } else {
      this.end(time)
      if (this.#known.size > 2 * this.#order.length + SPARE_TEXTS) this.#forget()
    }
    return { error, counts: this.#counts }
  }

  /** Marks all series as ended. */
  end(time: number): void {
    this.#endMissing(new Set(), time)
  }

  #read(parser: Parser, openMetrics: boolean, time: number): void {
    const { honorTimestamps, sampleLimit } = this.#settings
    const counts = this.#counts
    let place = 0
    for (;;) {
      const expected = this.#order[place]
      const entry = parser.next(expected?.text ?? '')
      if (entry === 'end') break
      if (entry === 'comment') {
        this.#families.read(parser, openMetrics)
        continue
      }
      const isExpected = expected !== undefined && expected.text === parser.series
      const found = isExpected ? expected : this.#known.get(parser.series)
      // What is read of the text must be valid before the sample counts.
      const exposed = found ? [] : parser.labels()
      const exemplar = parser.exemplarText === (found?.exemplar ?? '') ? undefined : this.#exemplar(parser)
      counts.scraped++
      const known = found ?? this.#learn(parser, exposed)
      if (found !== undefined) place = found.place
      place++
      known.exemplar = parser.exemplarText
      known.scrape = this.#scrape
      known.place = this.#nextOrder.push(known) - 1
      if (known.dropped) continue
      counts.kept++
      const own = honorTimestamps ? parser.time : undefined
      const at = own ?? time
      if ((sampleLimit > 0 && counts.kept > sampleLimit) || at > time + MAX_AHEAD) continue
      const series = known.series ?? this.#number(known)
      if (series === undefined) continue
      this.#samples.add(series, at, parser.value, own === undefined)
      if (exemplar !== undefined)
        this.#samples.addExemplar(series, { ...exemplar, time: exemplar.time ?? at })
    }
    if (sampleLimit > 0 && counts.kept > sampleLimit) throw new Error('sample limit exceeded')
  }

  #learn(parser: Parser, exposed: readonly Label[]): Known {
    let labels: Labels | undefined
    try {
      labels = this.#labels.of(exposed)
    } catch (error) {
      throw error instanceof Error ? parser.fault(error.message) : error
    }
    const known: Known = {
      text: parser.series,
      dropped: labels === undefined,
      labels,
      series: undefined,
      scrape: 0,
      place: 0,
      exemplar: '',
    }
    this.#known.set(known.text, known)
    return known
  }

  /** The number of a series that has not been stored before. `undefined`: it is beyond the limit of its job. */
  #number(known: Known): number | undefined {
    known.series = known.labels && this.#writer.series(known.labels)
    if (known.series === undefined) return undefined
    known.labels = undefined
    this.#counts.added++
    return known.series
  }

  /** The exemplar of a line. `undefined`: it has none, or too large a one. */
  #exemplar(parser: Parser) {
    if (parser.exemplarText === '') return undefined
    const { labels, value, time } = parser.exemplar()
    let length = 0
    for (const [name, text] of labels) length += name.length + text.length
    return length > MAX_EXEMPLAR ? undefined : { labels: Object.fromEntries(labels), value, time }
  }

  #endMissing(live: Set<number>, time: number): void {
    for (const series of this.#live) if (!live.has(series)) markEnd(this.#writer, series, time)
    this.#live = new Set(live)
  }

  /** Forgets the texts that the current scrape did not have. */
  #forget(): void {
    this.#order = this.#nextOrder
    if (this.#known.size > this.#order.length)
      for (const [text, { scrape }] of this.#known) if (scrape !== this.#scrape) this.#known.delete(text)
  }
}
