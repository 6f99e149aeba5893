import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

import type { RequestRecord } from '@sightline/core'

import { matches, matchInOrder, type Pattern } from './pattern.ts'
import type { EmittedSpan } from './spans.ts'

/** A log line, read. */
export type LogLine = Readonly<Record<string, unknown>>

/** What is expected of an emission. What is not named is not looked at. */
export interface Expected {
  /** Of the only request. */
  readonly record?: { readonly [name in keyof RequestRecord]?: Pattern }
  /** A line for each of these, in this order; other lines may stand between them. */
  readonly lines?: readonly Pattern[]
  /** A span for each of these, in the order in which they have ended; others may stand between them. */
  readonly spans?: readonly Pattern[]
  /** By how much each of these series has grown: `{ 'orders_total{kind="book"}': 1 }`. */
  readonly metrics?: Readonly<Record<string, Pattern>>
}

/** What came out of a service while something was done. */
export class Emission {
  /** The requests that have ended, in the order of their ends. */
  readonly records: readonly RequestRecord[]
  /** The log lines, access events included. */
  readonly lines: readonly LogLine[]
  /** The changes of the metrics, by series. */
  readonly metrics: Readonly<Record<string, number>>
  readonly #spans: readonly EmittedSpan[] | undefined

  /** @param spans absent where they go elsewhere */
  constructor(
    records: readonly RequestRecord[],
    lines: readonly LogLine[],
    metrics: Readonly<Record<string, number>>,
    spans: readonly EmittedSpan[] | undefined,
  ) {
    this.records = records
    this.lines = lines
    this.metrics = metrics
    this.#spans = spans
  }

  /**
   * The record of the only request.
   *
   * @throws {AssertionError} where there was none, or more than one
   */
  get record(): RequestRecord {
    const [record] = this.records
    if (record === undefined || this.records.length > 1)
      throw new AssertionError({ message: `${this.records.length} requests have ended, not one` })
    return record
  }

  /**
   * The access event of the only request.
   *
   * @throws {AssertionError} where there was none, or more than one
   */
  get event(): LogLine {
    const events = this.lines.filter((line) => 'outcome' in line && 'method' in line)
    const [event] = events
    if (event === undefined || events.length > 1)
      throw new AssertionError({ message: `${events.length} access events were written, not one` })
    return event
  }

  /**
   * The spans, in the order of their ends.
   *
   * @throws {Error} where the application has registered a tracer provider of its own
   */
  get spans(): readonly EmittedSpan[] {
    if (this.#spans) return this.#spans
    throw new Error(
      'Sightline: the application has registered a tracer provider of its own, which takes its spans elsewhere: leave it out under test, or read the spans from its exporter',
    )
  }

  /**
   * Makes sure that what was expected came out.
   *
   * @throws {AssertionError} one sentence, with what came out instead
   */
  assert(expected: Expected): void {
    const { record, lines, spans, metrics } = expected
    if (record) require(matches(this.record, record), 'the record is', this.record, record)
    if (lines) require(matchInOrder(this.lines, lines), 'the log lines are', this.lines, lines)
    if (spans) require(matchInOrder(this.spans, spans), 'the spans are', this.spans, spans)
    if (metrics)
      require(matches(this.metrics, metrics), 'the changes of the metrics are', this.metrics, metrics)
  }
}

function require(holds: boolean, what: string, actual: unknown, expected: unknown): void {
  if (holds) return
  const shown = (value: unknown) => inspect(value, { depth: 6, maxArrayLength: 50 })
  throw new AssertionError({
    message: `${what} not as expected.\nExpected: ${shown(expected)}\nEmitted: ${shown(actual)}`,
    actual,
    expected,
    operator: 'assert',
  })
}
