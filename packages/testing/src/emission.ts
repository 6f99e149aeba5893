import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

import type { RequestRecord } from '@sightline/core'

import { matches, matchInOrder, type Pattern } from './pattern.ts'
import type { EmittedSpan } from './spans.ts'

/** A parsed log line. */
export type LogLine = Readonly<Record<string, unknown>>

/** The expected part of an emission. Omitted parts are not checked. */
export interface Expected {
  /** The record of the only request. */
  readonly record?: { readonly [name in keyof RequestRecord]?: Pattern }
  /** A line for each pattern, in this order. Other lines may be in between. */
  readonly lines?: readonly Pattern[]
  /** A span for each pattern, in order of their ends. Other spans may be in between. */
  readonly spans?: readonly Pattern[]
  /** The increase of each series: `{ 'orders_total{kind="book"}': 1 }`. */
  readonly metrics?: Readonly<Record<string, Pattern>>
}

/** The output of a service during an action. */
export class Emission {
  /** Ended requests, in order of their ends. */
  readonly records: readonly RequestRecord[]
  /** Log lines, including access events. */
  readonly lines: readonly LogLine[]
  /** Changes of metrics, by series. */
  readonly metrics: Readonly<Record<string, number>>
  readonly #spans: readonly EmittedSpan[] | undefined

  /** @param spans absent if spans are exported elsewhere */
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
   * @throws {AssertionError} if there was none, or more than one
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
   * @throws {AssertionError} if there was none, or more than one
   */
  get event(): LogLine {
    const events = this.lines.filter((line) => 'outcome' in line && 'method' in line)
    const [event] = events
    if (event === undefined || events.length > 1)
      throw new AssertionError({ message: `${events.length} access events were written, not one` })
    return event
  }

  /**
   * The spans, in order of their ends.
   *
   * @throws {Error} if the application has registered its own tracer provider
   */
  get spans(): readonly EmittedSpan[] {
    if (this.#spans) return this.#spans
    throw new Error(
      'Sightline: the application has registered a tracer provider of its own, which takes its spans elsewhere: leave it out under test, or read the spans from its exporter',
    )
  }

  /**
   * Asserts that the expected output is present.
   *
   * @throws {AssertionError} one sentence with the actual output
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
