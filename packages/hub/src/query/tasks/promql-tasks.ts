import {
  type InstantResult,
  type MatrixResult,
  queryInstant,
  type QueryOptions,
  queryRange,
} from '@sightline/promql'

import { QueryError } from '../query-error.ts'
import type { TaskContext } from './task.ts'

/** Longest PromQL query in bytes. Parsing is not divided, so its length limits how long a thread is busy. */
const MAX_QUERY_BYTES = 8192

/** A PromQL query at one time. */
export interface InstantTask {
  readonly query: string
  /** Milliseconds since 1970. */
  readonly time: number
}

/** A PromQL query over a range of time. */
export interface RangeTask {
  readonly query: string
  /** Milliseconds since 1970. */
  readonly start: number
  /** Milliseconds since 1970. */
  readonly end: number
  /** Milliseconds. */
  readonly step: number
}

/** Evaluates a query at one time. */
export function instant(context: TaskContext, { query, time }: InstantTask): Promise<InstantResult> {
  checkLength(query)
  return queryInstant(context.reader, query, { time, ...optionsOf(context) })
}

/** Evaluates a query at each step of a range. */
export function range(context: TaskContext, { query, start, end, step }: RangeTask): Promise<MatrixResult> {
  checkLength(query)
  return queryRange(context.reader, query, { start, end, step, ...optionsOf(context) })
}

/** The limits of a query in the words of promql. */
export function optionsOf({ reader, maxSamples, timeMs, signal }: TaskContext): QueryOptions {
  const now = Date.now()
  const { lookbackAt } = reader
  return {
    maxSamples,
    timeout: timeMs,
    signal,
    ...(lookbackAt !== undefined && { lookback: (time: number) => lookbackAt(time, now) }),
  }
}

/** Throws for a query, or for selectors together, that are too long to be parsed. */
export function checkLength(query: string): void {
  if (Buffer.byteLength(query) > MAX_QUERY_BYTES)
    throw new QueryError('bad_data', `the query is longer than ${MAX_QUERY_BYTES} bytes`)
}
