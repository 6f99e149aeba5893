import type { Failure } from './failures.ts'
import type { ServiceName } from './incident.ts'

/** A log record within a call. */
export interface Remark {
  readonly level: 'info' | 'warn' | 'error'
  readonly message: string
  readonly attributes: Readonly<Record<string, string | number>>
  readonly failure?: Failure
}

/** A piece of work, which becomes a span, and the work within it. */
export interface Call {
  readonly service: ServiceName
  /** The process that serves it; any of them if there is none. */
  readonly number?: number | undefined
  readonly kind: 'server' | 'client' | 'internal'
  readonly name: string
  readonly attributes: Readonly<Record<string, string | number>>
  /** Milliseconds beside the calls within. */
  readonly ms: number
  readonly calls: readonly Call[]
  readonly remarks: readonly Remark[]
  readonly failure?: Failure | undefined
}

/** A request that a service serves. */
export function served(
  service: ServiceName,
  {
    method,
    route,
    path = route,
    status,
    ms,
  }: { method: string; route: string; path?: string; status: number; ms: number },
  more: {
    calls?: readonly Call[]
    remarks?: readonly Remark[]
    failure?: Failure | undefined
    number?: number
  } = {},
): Call {
  const { calls = [], remarks = [], failure, number } = more
  return {
    service,
    number,
    kind: 'server',
    name: `${method} ${route}`,
    attributes: {
      'http.request.method': method,
      'http.route': route,
      'url.path': path,
      'url.scheme': 'http',
      'http.response.status_code': status,
      ...(failure !== undefined && { 'error.type': failure.type }),
    },
    ms,
    calls,
    remarks,
    failure,
  }
}

/** A request of a service to another one. */
export function asked(service: ServiceName, peer: Call): Call {
  const status = Number(peer.attributes['http.response.status_code'])
  return {
    service,
    kind: 'client',
    name: String(peer.attributes['http.request.method']),
    attributes: {
      'http.request.method': String(peer.attributes['http.request.method']),
      'server.address': peer.service,
      'server.port': 80,
      'url.full': `http://${peer.service}${peer.attributes['url.path']}`,
      'http.response.status_code': status,
      ...(status >= 400 && { 'error.type': String(status) }),
    },
    ms: 1.2,
    calls: [peer],
    remarks: [],
    ...(status >= 400 && { failure: { type: String(status), message: '', stack: '' } }),
  }
}

/** The wait for a connection of the pool. */
export function connected(
  service: ServiceName,
  ms: number,
  more: { remarks?: readonly Remark[]; failure?: Failure | undefined } = {},
): Call {
  const { remarks = [], failure } = more
  return {
    service,
    kind: 'internal',
    name: 'pg-pool.connect',
    attributes: {
      'db.system.name': 'postgresql',
      'db.client.connection.pool.name': 'shop',
      ...(failure !== undefined && { 'error.type': failure.type }),
    },
    ms,
    calls: [],
    remarks,
    failure,
  }
}

/** A query of PostgreSQL. */
export function queried(service: ServiceName, text: string, ms: number, failure?: Failure): Call {
  const [operation = ''] = text.split(' ')
  const [, table = ''] = /(?:from|into|update) (\w+)/i.exec(text) ?? []
  return {
    service,
    kind: 'client',
    name: `${operation} ${table}`,
    attributes: {
      'db.system.name': 'postgresql',
      'db.namespace': 'shop',
      'db.operation.name': operation,
      'db.collection.name': table,
      'db.query.text': text,
      'server.address': 'postgres',
      'server.port': 5432,
      ...(failure !== undefined && { 'error.type': failure.type }),
    },
    ms,
    calls: [],
    remarks: [],
    failure,
  }
}
