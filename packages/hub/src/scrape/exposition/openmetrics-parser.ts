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

const LINE_FEED = 10
const SPACE = 32
const HASH = 35
const OPENING_BRACE = 123

const METADATA = /^# (HELP|TYPE|UNIT) /
const SAYS = { HELP: 'help', TYPE: 'type', UNIT: 'unit' } as const

/**
 * Reads OpenMetrics 1.0, as strict as Prometheus 2.42 does: single spaces, no blank lines, no comments for people, `# EOF` at the end.
 * https://github.com/OpenObservability/OpenMetrics/blob/v1.0.0/specification/OpenMetrics.md
 */
export class OpenMetricsParser implements Parser {
  series = ''
  value = 0
  time: number | undefined = undefined
  exemplarText = ''
  comment = ''
  readonly #text: string
  #at = 0
  #start = 0

  constructor(text: string) {
    this.#text = text
  }

  next(expected: string): Entry {
    const text = this.#text
    const start = this.#at
    this.#start = start
    if (text.charCodeAt(start) === HASH) return this.#readComment(start)
    if (start >= text.length) throw this.fault('data does not end with # EOF')
    let at: number
    if (
      expected !== '' &&
      text.startsWith(expected, start) &&
      text.charCodeAt(start + expected.length) === SPACE
    ) {
      this.series = expected
      at = start + expected.length
    } else {
      at = this.#seriesEnd(start)
      this.series = text.slice(start, at)
    }
    this.#at = this.#readSample(at)
    return 'series'
  }

  labels(): Label[] {
    const nameEnd = metricNameEnd(this.series, 0)
    const labels: Label[] = [['__name__', this.series.slice(0, nameEnd)]]
    if (nameEnd < this.series.length) this.#readLabels(this.series, nameEnd, labels)
    return labels
  }

  exemplar(): ParsedExemplar {
    const labels: Label[] = []
    const end = this.#readLabels(this.exemplarText, 0, labels)
    const [before, value = '', time, ...more] = this.exemplarText.slice(end).split(' ')
    const number = numberOf(value)
    if (before !== '' || number === undefined)
      throw this.fault(
        `expected a value after the labels of the exemplar, got ${shown(this.exemplarText, end)}`,
      )
    if (more.length > 0) throw this.fault('expected the end of the line after the timestamp of the exemplar')
    return { labels, value: number, time: time === undefined ? undefined : this.#timeOf(time) }
  }

  metadata(): ParsedMetadata {
    const [found, keyword] = METADATA.exec(this.comment) ?? []
    if (found === undefined)
      throw this.fault(`expected HELP, TYPE, UNIT or EOF, got ${shown(this.comment, 0)}`)
    const end = metricNameEnd(this.comment, found.length)
    const metric = this.comment.slice(found.length, end)
    if (metric === '' || this.comment.charCodeAt(end) !== SPACE)
      throw this.fault(`expected a metric name and a text after ${keyword}`)
    // The pattern has no other keywords.
    const says = SAYS[keyword as keyof typeof SAYS]
    const text = this.comment.slice(end + 1)
    if (says === 'unit' && text !== '' && !metric.endsWith(`_${text}`))
      throw this.fault(`unit "${text}" is not a suffix of metric ${metric}`)
    return { metric, says, text }
  }

  /** The error of the current entry. */
  fault(reason: string): ExpositionError {
    return new ExpositionError(reason, this.#text, this.#start)
  }

  #readComment(start: number): Entry {
    const text = this.#text
    const end = text.indexOf('\n', start)
    const line = text.slice(start, end < 0 ? text.length : end)
    if (line === '# EOF') {
      if (end >= 0 && end + 1 < text.length) throw this.fault('unexpected data after # EOF')
      return 'end'
    }
    if (end < 0) throw this.fault('data does not end with # EOF')
    this.comment = line
    this.#at = end + 1
    return 'comment'
  }

  #seriesEnd(start: number): number {
    const nameEnd = metricNameEnd(this.#text, start)
    if (nameEnd === start) throw this.fault(`expected a metric name, got ${shown(this.#text, start)}`)
    if (this.#text.charCodeAt(nameEnd) !== OPENING_BRACE) return nameEnd
    const end = labelSetEnd(this.#text, nameEnd)
    if (end < 0) throw this.fault('the label set is not closed')
    return end
  }

  /** Reads a value, a time and an exemplar. Returns the position after the line. */
  #readSample(seriesEnd: number): number {
    const text = this.#text
    if (text.charCodeAt(seriesEnd) !== SPACE)
      throw this.fault(`expected a space and a value after the metric, got ${shown(text, seriesEnd)}`)
    const start = seriesEnd + 1
    let end = tokenEnd(text, start)
    const whole = digits(text, start, end)
    const value = whole >= 0 ? whole : numberOf(text.slice(start, end))
    if (value === undefined) throw this.fault(`expected a value after the metric, got ${shown(text, start)}`)
    this.value = value
    this.time = undefined
    this.exemplarText = ''
    if (text.charCodeAt(end) === SPACE && text.charCodeAt(end + 1) !== HASH) {
      const from = end + 1
      end = tokenEnd(text, from)
      this.time = this.#timeOf(text.slice(from, end))
    }
    if (text.startsWith(' # {', end)) {
      const from = end + 3
      end = text.indexOf('\n', from)
      if (end < 0) throw this.fault('data does not end with # EOF')
      this.exemplarText = text.slice(from, end)
    }
    if (end >= text.length) throw this.fault('data does not end with # EOF')
    if (text.charCodeAt(end) !== LINE_FEED)
      throw this.fault(`expected a timestamp, an exemplar or the end of the line, got ${shown(text, end)}`)
    return end + 1
  }

  /** Milliseconds of a timestamp in seconds. */
  #timeOf(token: string): number {
    const seconds = numberOf(token)
    if (seconds === undefined || !Number.isFinite(seconds))
      throw this.fault(`expected a timestamp in seconds, got ${JSON.stringify(token)}`)
    return Math.trunc(seconds * 1_000)
  }

  /** Reads a label set. Returns the position after it. */
  #readLabels(text: string, opening: number, labels: Label[]): number {
    let at = opening + 1
    for (let isFirst = true; text[at] !== '}'; isFirst = false) {
      if (!isFirst) {
        if (text[at] !== ',') throw this.fault(`expected a comma or a closing brace, got ${shown(text, at)}`)
        at++
      }
      const end = labelNameEnd(text, at)
      if (end === at) throw this.fault(`expected a label name, got ${shown(text, at)}`)
      const name = text.slice(at, end)
      if (text[end] !== '=') throw this.fault(`expected "=" after the label name ${name}`)
      const close = text[end + 1] === '"' ? closingQuote(text, end + 1) : -1
      const value = text.slice(end + 2, close)
      if (close < 0 || value.includes('\n')) throw this.fault(`expected a quoted value of the label ${name}`)
      labels.push([name, unescaped(value)])
      at = close + 1
    }
    return at + 1
  }
}

function tokenEnd(text: string, start: number): number {
  let end = start
  for (let code = text.charCodeAt(end); end < text.length; code = text.charCodeAt(++end))
    if (code === SPACE || code === LINE_FEED) break
  return end
}
