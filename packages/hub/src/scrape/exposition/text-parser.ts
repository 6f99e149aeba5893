import type { Entry, Label, ParsedExemplar, ParsedMetadata, Parser } from './parser.ts'
import {
  closingQuote,
  digits,
  ExpositionError,
  labelNameEnd,
  labelSetEnd,
  metricNameEnd,
  numberOf,
  shown,
  unescaped,
} from './scan.ts'

const TAB = 9
const LINE_FEED = 10
const SPACE = 32
const HASH = 35
const OPENING_BRACE = 123

const METADATA = /^#[ \t]+(HELP|TYPE)[ \t]+/
/** The largest 64-bit integer, as far as a double can tell. */
const MAX_TIME = 2 ** 63

/**
 * Reads the text format 0.0.4 of Prometheus, as liberal as Prometheus 2.42 does: white space between tokens, a comma after the
 * last label, a last line without a line feed.
 * https://prometheus.io/docs/instrumenting/exposition_formats/#text-based-format
 */
export class TextParser implements Parser {
  series = ''
  value = 0
  time: number | undefined = undefined
  readonly exemplarText = ''
  comment = ''
  readonly #text: string
  #at = 0
  #start = 0

  constructor(text: string) {
    this.#text = text
  }

  next(expected: string): Entry {
    const text = this.#text
    let at = this.#at
    let code = text.charCodeAt(at)
    while (code === LINE_FEED || code === SPACE || code === TAB) code = text.charCodeAt(++at)
    this.#start = at
    if (at >= text.length) return 'end'
    if (code === HASH) {
      const end = this.#lineEnd(at)
      this.comment = text.slice(at, end)
      this.#at = end + 1
      return 'comment'
    }
    if (expected !== '' && text.startsWith(expected, at) && isBlank(text.charCodeAt(at + expected.length))) {
      this.series = expected
      at += expected.length
    } else {
      at = this.#seriesEnd(at)
      this.series = text.slice(this.#start, at)
    }
    this.#at = this.#readSample(at)
    return 'series'
  }

  labels(): Label[] {
    const raw = this.series
    const nameEnd = metricNameEnd(raw, 0)
    const labels: Label[] = [['__name__', raw.slice(0, nameEnd)]]
    let at = skipBlanks(raw, nameEnd)
    if (at >= raw.length) return labels
    for (at = skipBlanks(raw, at + 1); raw[at] !== '}';) {
      const end = labelNameEnd(raw, at)
      if (end === at) throw this.fault(`expected a label name, got ${shown(raw, at)}`)
      const name = raw.slice(at, end)
      at = skipBlanks(raw, end)
      if (raw[at] !== '=') throw this.fault(`expected "=" after the label name ${name}`)
      at = skipBlanks(raw, at + 1)
      const close = raw[at] === '"' ? closingQuote(raw, at) : -1
      if (close < 0) throw this.fault(`expected a quoted value of the label ${name}, got ${shown(raw, at)}`)
      labels.push([name, unescaped(raw.slice(at + 1, close))])
      at = skipBlanks(raw, close + 1)
      if (raw[at] === ',') at = skipBlanks(raw, at + 1)
    }
    return labels
  }

  exemplar(): ParsedExemplar {
    throw new Error('The text format has no exemplars')
  }

  metadata(): ParsedMetadata | undefined {
    const [found, keyword] = METADATA.exec(this.comment) ?? []
    if (found === undefined) return undefined
    const end = metricNameEnd(this.comment, found.length)
    const metric = this.comment.slice(found.length, end)
    if (metric === '') throw this.fault(`expected a metric name after ${keyword}`)
    return { metric, says: keyword === 'TYPE' ? 'type' : 'help', text: this.comment.slice(end + 1) }
  }

  fault(reason: string): ExpositionError {
    return new ExpositionError(reason, this.#text, this.#start)
  }

  #lineEnd(at: number): number {
    const end = this.#text.indexOf('\n', at)
    return end < 0 ? this.#text.length : end
  }

  #seriesEnd(start: number): number {
    const text = this.#text
    const nameEnd = metricNameEnd(text, start)
    if (nameEnd === start) throw this.fault(`expected a metric name, got ${shown(text, start)}`)
    const brace = skipBlanks(text, nameEnd)
    if (text.charCodeAt(brace) !== OPENING_BRACE) return nameEnd
    const end = labelSetEnd(text, brace)
    if (end < 0) throw this.fault('the label set is not closed')
    return end
  }

  /** Reads a value and a time. Returns the position after the line. */
  #readSample(seriesEnd: number): number {
    const text = this.#text
    const start = skipBlanks(text, seriesEnd)
    let end = start
    let code = text.charCodeAt(end)
    while (code !== LINE_FEED && code !== OPENING_BRACE && !isBlank(code) && end < text.length)
      code = text.charCodeAt(++end)
    const whole = digits(text, start, end)
    const value = whole >= 0 ? whole : numberOf(text.slice(start, end))
    if (value === undefined) throw this.fault(`expected a value after the metric, got ${shown(text, start)}`)
    this.value = value
    this.time = undefined
    end = skipBlanks(text, end)
    if (end >= text.length || text.charCodeAt(end) === LINE_FEED) return end + 1
    return this.#readTime(end)
  }

  #readTime(start: number): number {
    const text = this.#text
    let end = start
    while (text.charCodeAt(end) >= 48 && text.charCodeAt(end) <= 57) end++
    const time = Number(text.slice(start, end))
    if (end === start || time >= MAX_TIME)
      throw this.fault(
        `expected a timestamp in milliseconds or the end of the line, got ${shown(text, start)}`,
      )
    this.time = time
    end = skipBlanks(text, end)
    if (end < text.length && text.charCodeAt(end) !== LINE_FEED)
      throw this.fault(`expected the end of the line after the timestamp, got ${shown(text, end)}`)
    return end + 1
  }
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}

function skipBlanks(text: string, start: number): number {
  let at = start
  while (isBlank(text.charCodeAt(at))) at++
  return at
}
