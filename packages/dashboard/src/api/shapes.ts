import type { Group } from '../errors/groups.ts'

/** Figures of requests in the window before an end: rates per second, durations in seconds. */
interface RequestFigures {
  readonly rate: number
  readonly errors: number
  readonly errorRatio: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
  readonly estimated: boolean
}

/** A service of `/api/services`. */
export interface Service {
  readonly name: string
  readonly state: 'failing' | 'degraded' | 'silent' | 'healthy'
  /** A sentence, or empty. */
  readonly reason: string
  readonly instances: { readonly live: number; readonly down: number }
  readonly versions: readonly string[]
  readonly requests: RequestFigures | null
  readonly eventLoopDelay: number | null
}

export interface ServicesAnswer {
  readonly services: readonly Service[]
}

/** `/api/errors`. */
export interface ErrorsAnswer {
  readonly errors: readonly Group[]
  readonly complete: boolean
}

/** An alert of Prometheus' API. */
export interface Alert {
  readonly labels: Readonly<Record<string, string>>
  readonly annotations: Readonly<Record<string, string>>
  readonly state: 'firing' | 'pending' | 'inactive'
  /** RFC 3339. */
  readonly activeAt: string
  readonly value: string
}

/** `/api/v1/alerts`. */
export interface AlertsAnswer {
  readonly data: { readonly alerts: readonly Alert[] }
}

/** Calls of a service to a service, or to something else that has a name. */
export interface Dependency {
  readonly client: string
  readonly server: string
  readonly rate: number
  readonly errors: number
  readonly p95: number | null
}

/** A change of `/api/changes`. Rates per second, durations in seconds, ratios 0 to 1. */
export interface Change {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly kind: string
  readonly state: 'bad' | 'warn' | 'deploy' | 'note'
  readonly service: string
  readonly route?: string
  readonly method?: string
  readonly version?: string
  readonly replaced?: string
  readonly instances?: readonly string[]
  readonly peer?: string
  readonly name?: string
  readonly fingerprint?: string
  readonly type?: string
  readonly count?: number
  readonly before?: number
  readonly after?: number
}

/** A result of `/api/find`. */
export interface Found {
  readonly kind: string
  readonly title: string
  readonly detail: string
  readonly service?: string
  readonly traceId?: string
  readonly spanId?: string
  readonly fingerprint?: string
  readonly route?: string
  readonly method?: string
  readonly field?: string
  readonly value?: string
  readonly cursor?: string
  readonly time?: string
}
