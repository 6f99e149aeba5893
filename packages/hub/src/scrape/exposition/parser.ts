import type { MetricMetadata } from '../../store/samples.ts'
import type { ExpositionError } from './scan.ts'

/** What a parser has come upon. A comment may be metadata. */
export type Entry = 'series' | 'comment' | 'end'

/** A name and a value, as they stand in a label set. */
export type Label = readonly [name: string, value: string]

/** An exemplar of a series. */
export interface ParsedExemplar {
  readonly labels: readonly Label[]
  readonly value: number
  /** Milliseconds since 1970. */
  readonly time: number | undefined
}

/** What one line says of a metric. */
export interface ParsedMetadata {
  /** The name of the metric as the line has it. */
  readonly metric: string
  readonly says: 'type' | 'help' | 'unit'
  readonly text: string
}

/** Reads an exposition entry by entry. All methods throw an `ExpositionError` for a text that is not valid. */
export interface Parser {
  /**
   * Goes on to the next entry.
   *
   * @param expected the text of the series that probably comes next. Where it does, `series` is this very string, and its
   * labels have not been read again.
   */
  next(expected: string): Entry
  /** The text of the series: its name and its labels as they stand. The key of a cache. */
  readonly series: string
  readonly value: number
  /** Milliseconds since 1970. `undefined` where the line has none. */
  readonly time: number | undefined
  /** The text of the exemplar. Empty without one. */
  readonly exemplarText: string
  /** The line of the comment: the key of a cache. */
  readonly comment: string
  /** Reads the labels of the current series, `__name__` first. A name may occur twice. */
  labels(): Label[]
  /** Reads the exemplar of the current series, which must have one. */
  exemplar(): ParsedExemplar
  /** Reads the current comment. `undefined`: it is for people. */
  metadata(): ParsedMetadata | undefined
  /** An error of the current entry, for a caller that finds a fault in it. */
  fault(reason: string): ExpositionError
}

/** The type of a metric as the store knows it. `undefined`: the format has no such type. */
export function storedType(written: string, openMetrics: boolean): MetricMetadata['type'] | undefined {
  switch (written) {
    case 'counter':
    case 'gauge':
    case 'histogram':
    case 'summary':
      return written
    case 'untyped':
      return openMetrics ? undefined : 'unknown'
    case 'info':
    case 'stateset':
      return openMetrics ? 'gauge' : undefined
    // The buckets of a gauge histogram fall as well as rise: no function for histograms may be applied to them.
    case 'gaugehistogram':
    case 'unknown':
      return openMetrics ? 'unknown' : undefined
    default:
      return undefined
  }
}
