import type { ReadonlySignal } from '@preact/signals'

import type { Answer } from '../../api/answer.ts'
import type { Mark } from '../../charts/types.ts'
import type { Source } from '../../promql/requests.ts'

/** Figures of requests, as the API has them. Rates are per second, durations are seconds. */
interface RequestFigures {
  readonly rate: number
  readonly errorRatio: number | null
  readonly p50: number | null
  readonly p95: number | null
  readonly p99: number | null
}

/** A route over the range that was asked for. */
export interface Route extends RequestFigures {
  readonly route: string
  readonly method: string
  readonly share: number | null
}

/** Calls between two services. */
export interface Call {
  readonly client: string
  readonly server: string
  readonly rate: number
  readonly errors: number
  readonly p95: number | null
}

/** A process of the service. */
export interface Instance {
  readonly instance: string
  readonly version: string
  readonly live: boolean
  readonly down: boolean
}

/** A service, from `/api/services/<name>`. */
export interface Service {
  readonly name: string
  readonly state: 'failing' | 'degraded' | 'silent' | 'healthy'
  readonly reason: string
  readonly instances: readonly Instance[]
  readonly versions: readonly string[]
  readonly requests: (RequestFigures & { readonly estimated: boolean }) | null
  readonly routes: readonly Route[]
  readonly dependencies: readonly Call[]
}

/** What the parts of the page share. */
export interface Parts {
  readonly name: string
  readonly service: { readonly answer: ReadonlySignal<Answer<Service>>; readonly retry: () => void }
  /** The metrics of its requests. `undefined`: not known yet. `null`: it has none. */
  readonly source: ReadonlySignal<Source | null | undefined>
  readonly marks: ReadonlySignal<readonly Mark[]>
}

/** Share of failed requests from which the hub calls a service failing, and degraded. */
export const FAILING = 0.05
const DEGRADED = 0.01

/** The state of a share of failed requests. */
export function stateOfErrors(ratio: number | null | undefined): 'bad' | 'warn' | undefined {
  if (ratio === null || ratio === undefined) return undefined
  return ratio >= FAILING ? 'bad' : ratio >= DEGRADED ? 'warn' : undefined
}

/** Databases and queues, as OpenTelemetry's conventions name them. */
const SYSTEM =
  /^((?:aws|azure|gcp|ibm|microsoft|oracle|hashicorp|sap)\.\S+|postgresql|mysql|mariadb|mssql|sqlite|redis|memcached|mongodb|cassandra|clickhouse|cockroachdb|couchbase|couchdb|elasticsearch|opensearch|neo4j|kafka|rabbitmq|nats|pulsar|activemq) (\S+)$/

/** The name of a peer, and the kind of system it is, which the hub puts before the address of what is not a service. */
export function peerOf(text: string): { readonly name: string; readonly kind: string } {
  const [, kind = '', name = text] = SYSTEM.exec(text) ?? []
  return { name, kind }
}
