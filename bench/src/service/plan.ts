import type { SightlineOptions } from '@sightline/core'

/** The frameworks that are measured. */
export const FRAMEWORKS = ['fastify', 'express', 'koa'] as const

export type Framework = (typeof FRAMEWORKS)[number]

/** What can be put on top of a bare framework: made in `layers/`. */
export type LayerName =
  | 'burn'
  | 'burn-40'
  | 'request-id'
  | 'logger'
  | 'logger-sync'
  | 'metrics'
  | 'promster'
  | 'tracing'
  | 'sightline'

/** What a service process is started with. Plain data: it travels on a command line. */
export interface ServicePlan {
  readonly framework: Framework
  /** From the outermost to the innermost. Tracing comes first: it has to be there before the framework is loaded. */
  readonly layers: readonly LayerName[]
  /** How many parameterised routes there are. */
  readonly routes: number
  /** The part of requests whose spans are exported, from 0 to 1; `undefined`: there is no tracing. */
  readonly ratio?: number
  /** Which instrumentations the OpenTelemetry SDK is given: node's http alone, or the framework's too. */
  readonly instrumentations?: 'http' | 'all'
  /** Where spans go: an OTLP endpoint over HTTP, without `/v1/traces`. */
  readonly collector?: string
  /** Options of Sightline. */
  readonly options?: SightlineOptions
}

/** What the harness asks of a service process. */
export type Question = 'usage' | 'settle' | 'memory'

/** What a service process says. */
export type Answer =
  | { readonly type: 'listening'; readonly port: number }
  | ({ readonly type: 'usage' } & Usage)
  | { readonly type: 'settle' }
  | ({ readonly type: 'memory' } & Memory)

/** What a process has used so far. */
export interface Usage {
  /** CPU time of all its threads, in microseconds. */
  readonly cpuMicros: number
  /** Resident memory, in bytes. */
  readonly rss: number
}

/** What a process keeps. */
export interface Memory {
  /** Bytes on V8's heap right after a full collection. */
  readonly heap: number
  /** How many of them are compiled functions. */
  readonly code: number
  /** Milliseconds that the collector has stopped the program for since the last question. */
  readonly gcMs: number
}
