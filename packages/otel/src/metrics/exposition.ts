/**
 * Reads a scrape in OpenMetrics 1.0: what a collector gets is then what `/metrics` shows, whoever has measured it.
 * https://github.com/prometheus/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */

/** One line of a scrape. */
export interface Sample {
  /** With its suffix: `_total`, `_bucket`, `_sum`, `_count`. */
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  readonly exemplar: SampleExemplar | undefined
}

interface SampleExemplar {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
  /** Milliseconds since the epoch; `undefined`: nobody has said. */
  readonly time: number | undefined
}

/** All samples under one head. */
export interface ScrapedFamily {
  readonly name: string
  readonly help: string
  readonly type: string
  readonly samples: Sample[]
}

/** How many lines are read before others get their turn: about half a millisecond's worth. */
const LINES_PER_TURN = 512

/** Reads a scrape, with turns of the event loop in between. Lines that make no sense are left out. */
export async function readScrape(text: string): Promise<ScrapedFamily[]> {
  const families: ScrapedFamily[] = []
  let family: ScrapedFamily | undefined
  let help = new Map<string, string>()
  let lines = 0
  for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
    if (++lines % LINES_PER_TURN === 0) await nextTurn()
    if (text.startsWith('# HELP ', from)) {
      const [name, said] = split(text.slice(from + 7, to))
      help.set(name, unescaped(said))
    } else if (text.startsWith('# TYPE ', from)) {
      const [name, type] = split(text.slice(from + 7, to))
      family = { name, type, help: help.get(name) ?? '', samples: [] }
      families.push(family)
      help = new Map()
    } else if (text.charCodeAt(from) !== HASH) {
      const sample = new Line(text, from, to).sample()
      if (sample) family?.samples.push(sample)
    }
  }
  return families
}

const HASH = 35
const QUOTE = 34
const BACKSLASH = 92

function split(text: string): [name: string, rest: string] {
  const space = text.indexOf(' ')
  return space < 0 ? [text, ''] : [text.slice(0, space), text.slice(space + 1)]
}

function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}

/** One line, read from its start to its end. */
class Line {
  readonly #text: string
  readonly #end: number
  #at: number

  constructor(text: string, from: number, to: number) {
    this.#text = text
    this.#at = from
    this.#end = to
  }

  /** `name{label="value"} 1 # {trace_id="…"} 0.5 1700000000.0` */
  sample(): Sample | undefined {
    const name = this.#until('{ ')
    const labels = this.#labels()
    const value = numberOf(this.#word())
    if (name === '' || value === undefined) return undefined
    // A time of the sample's own, which we do not write.
    if (!this.#isAt('#')) this.#word()
    return { name, labels, value, exemplar: this.#exemplar() }
  }

  #exemplar(): SampleExemplar | undefined {
    if (!this.#isAt('#')) return undefined
    this.#at += 2
    const labels = this.#labels()
    const value = numberOf(this.#word())
    const seconds = numberOf(this.#word())
    return value === undefined ? undefined : { labels, value, time: seconds && seconds * 1_000 }
  }

  #labels(): Record<string, string> {
    const labels: Record<string, string> = {}
    if (!this.#isAt('{')) return labels
    this.#at++
    while (this.#at < this.#end && !this.#isAt('}')) {
      if (this.#isAt(',')) this.#at++
      const name = this.#until('=')
      this.#at += 2
      labels[name] = this.#quoted()
    }
    this.#at++
    return labels
  }

  /** The text up to the next quotation mark that is not escaped, and beyond it. */
  #quoted(): string {
    const from = this.#at
    let escaped = false
    while (this.#at < this.#end) {
      const code = this.#text.charCodeAt(this.#at)
      if (code === QUOTE) break
      if (code === BACKSLASH) {
        escaped = true
        this.#at++
      }
      this.#at++
    }
    const raw = this.#text.slice(from, this.#at++)
    return escaped ? unescaped(raw) : raw
  }

  #word(): string {
    while (this.#isAt(' ')) this.#at++
    return this.#until(' ')
  }

  #until(ends: string): string {
    const from = this.#at
    while (this.#at < this.#end && !ends.includes(this.#text.charAt(this.#at))) this.#at++
    const text = this.#text.slice(from, this.#at)
    while (this.#isAt(' ')) this.#at++
    return text
  }

  #isAt(character: string): boolean {
    return this.#at < this.#end && this.#text.charAt(this.#at) === character
  }
}

function numberOf(text: string): number | undefined {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  if (text === '-Inf') return Number.NEGATIVE_INFINITY
  if (text === 'NaN') return Number.NaN
  const value = Number(text)
  return text === '' || Number.isNaN(value) ? undefined : value
}

function unescaped(text: string): string {
  return text.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
}
