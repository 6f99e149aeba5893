import type { MetricMetadata, SeriesWriter } from '../../store/samples.ts'
import { type Parser, storedType } from './parser.ts'
import { unescapedHelp } from './scan.ts'

/** Comment lines that are remembered beyond twice those of a scrape. */
const SPARE_COMMENTS = 100

type Mutable<T> = { -readonly [key in keyof T]: T[key] }

/** The metadata of the metrics of one target. Lines that were read before are not read again. */
export class Families {
  readonly #families = new Map<string, Mutable<MetricMetadata>>()
  readonly #changed = new Set<string>()
  readonly #comments = new Set<string>()
  #seen = 0

  /** Takes in the current comment of a parser. Throws an `ExpositionError` where it is not valid. */
  read(parser: Parser, openMetrics: boolean): void {
    this.#seen++
    if (this.#comments.has(parser.comment)) return
    const said = parser.metadata()
    this.#comments.add(parser.comment)
    if (said === undefined) return
    const type = said.says === 'type' ? storedType(said.text, openMetrics) : undefined
    if (said.says === 'type' && type === undefined)
      throw parser.fault(`invalid metric type ${JSON.stringify(said.text)}`)
    const family = this.#families.get(said.metric) ?? { type: 'unknown', help: '', unit: '' }
    if (type !== undefined) family.type = type
    if (said.says === 'help') family.help = unescapedHelp(said.text, openMetrics)
    if (said.says === 'unit') family.unit = said.text
    this.#families.set(said.metric, family)
    this.#changed.add(said.metric)
  }

  /** Writes what has changed, at the end of a valid body. */
  write(writer: SeriesWriter, openMetrics: boolean): void {
    for (const name of this.#changed) {
      const family = this.#families.get(name)
      if (family === undefined) continue
      // OpenMetrics names the family of a counter without the suffix of its series.
      const suffix = openMetrics && family.type === 'counter' ? '_total' : ''
      writer.metadata(`${name}${suffix}`, { ...family })
    }
    this.#changed.clear()
    if (this.#comments.size > 2 * this.#seen + SPARE_COMMENTS) {
      this.#comments.clear()
      this.#families.clear()
    }
    this.#seen = 0
  }
}
