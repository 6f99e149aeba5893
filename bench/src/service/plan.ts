import type { SightlineOptions } from '@sightline/core'

/** The measured frameworks. */
export const FRAMEWORKS = ['fastify', 'express', 'koa'] as const

export type Framework = (typeof FRAMEWORKS)[number]

/** The layers on top of a bare framework, created in `layers/`. */
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

/** The setup of a service process. Plain data for the command line. */
export interface ServicePlan {
  readonly framework: Framework
  /** From outermost to innermost. Tracing comes first, since it must load before the framework. */
  readonly layers: readonly LayerName[]
  /** Number of routes with parameters. */
  readonly routes: number
  /** Share of requests with exported spans, from 0 to 1; `undefined`: no tracing. */
  readonly ratio?: number
  /** Instrumentations of the OpenTelemetry SDK: node's http alone, or the framework's as well. */
  readonly instrumentations?: 'http' | 'all'
  /** Destination of spans: an OTLP endpoint over HTTP, without `/v1/traces`. */
  readonly collector?: string
  /** Options of Sightline. */
  readonly options?: SightlineOptions
}

/** A question of the harness to a service process. */
export type Question = 'usage' | 'settle' | 'memory'

/** A message of a service process. */
export type Answer =
  | { readonly type: 'listening'; readonly port: number }
  | ({ readonly type: 'usage' } & Usage)
  | { readonly type: 'settle' }
  | ({ readonly type: 'memory' } & Memory)

/** The resources used by a process so far. */
export interface Usage {
  /** CPU time of all its threads, in microseconds. */
  readonly cpuMicros: number
  /** Resident memory, in bytes. */
  readonly rss: number
}

/** The memory that a process retains. */
export interface Memory {
  /** Bytes on V8's heap after a full collection. */
  readonly heap: number
  /** The part of it that is compiled functions. */
  readonly code: number
  /** Milliseconds of garbage collection pauses since the last question. */
  readonly gcMs: number
}
