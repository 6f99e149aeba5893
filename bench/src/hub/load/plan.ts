import type { Timeline } from '../content/body.ts'

/** The kinds of export requests, and their paths. */
export const PATHS = { traces: '/v1/traces', logs: '/v1/logs', metrics: '/v1/metrics' } as const

export type Signal = keyof typeof PATHS

/** A stream of export requests of one signal. Plain data for the command line. */
export interface StreamPlan {
  readonly signal: Signal
  /** Spans or log records of a request. Of metrics 100 or 500 points. */
  readonly items: number
  /** Different requests. A stream with a pace repeats them. */
  readonly requests: number
  /** Whether bodies are made when they are sent, since all of them would take too much memory. Default: made in advance. */
  readonly late?: boolean
  /** Most requests at once. Requests with the same remainder by this number are sent one after the other. */
  readonly connections: number
  /** Requests per second. `undefined`: the next request follows an answer. */
  readonly perSecond?: number | undefined
  /** Whether bodies are compressed. */
  readonly gzip: boolean
  readonly timeline: Timeline
}

/** A load on a hub. It ends after `seconds`, or when all requests of streams without a pace are answered. */
export interface LoadPlan {
  readonly url: string
  readonly seconds: number
  readonly streams: readonly StreamPlan[]
}

/** What became of the requests of a stream. */
export interface StreamReport {
  readonly signal: Signal
  /** Requests by status, or by the code of an error of the connection. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Items of requests that were answered with 200. */
  readonly accepted: number
  /** Items of all requests. */
  readonly sent: number
  /** Requests answered with 200 of which a part was rejected. */
  readonly partial: number
  /** From the first request to the last answer. */
  readonly seconds: number
  /** Milliseconds from when a request was due to its answer, of those answered with 200. */
  readonly latencies: readonly number[]
}

/** A message of the process that makes a load. */
export type LoadAnswer =
  | { readonly type: 'prepared' }
  | { readonly type: 'report'; readonly streams: readonly StreamReport[] }
