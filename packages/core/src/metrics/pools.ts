import { shown } from '../requirements/requirements.ts'
import type { FaultReporter } from '../seam.ts'
import type { Family, NumberSeries } from '../series/family.ts'
import { labelled } from '../series/labels.ts'

/** A `Pool` of the package `pg`. */
interface PostgresConnections {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly options: { readonly max: number }
}

/** A pool of the package `redis`. */
interface RedisConnections {
  readonly totalClients: number
  readonly idleClients: number
  readonly tasksQueueLength: number
}

/** A client of `ioredis` or `redis`: one connection, shared by all commands. */
interface SharedConnection {
  /** The connection state in `ioredis`. */
  readonly status?: string
  /** The commands in `ioredis` that wait for a reply. */
  readonly commandQueue?: { readonly length: number }
  /** The connection state in `redis`. */
  readonly isReady?: boolean
}

/** A pool or client whose connections can be read. */
export type ConnectionPool = PostgresConnections | RedisConnections | SharedConnection

/** The state of a pool at one moment. */
interface Connections {
  readonly used: number
  readonly idle: number
  /** `undefined`: the client does not report it. */
  readonly max?: number
  /** Requests that wait for a connection. `undefined`: the client does not report it. */
  readonly pending?: number
}

/** The measured connection pools. */
export interface Pools {
  readonly families: readonly Family[]
  /** @throws {TypeError} if the argument is no readable pool or client */
  add(name: string, pool: ConnectionPool): void
}

export interface PoolsSetup {
  readonly naming: 'classic' | 'otel'
  readonly maxSeries: number
  /** Reports a pool beyond the limit. */
  readonly refuse: (metric: string) => void
  readonly fault: FaultReporter
}

const COUNT = 'db_client_connection_count'

/** Measures connection pools, only during a scrape. */
export function connectionPools({ naming, maxSeries, refuse, fault }: PoolsSetup): Pools {
  const readers = new Map<string, () => Connections>()
  const otel = naming === 'otel'
  const seriesOf = (value: number, pool: string, state?: string): NumberSeries => ({
    ...labelled({
      ...(state !== undefined && { [otel ? 'db_client_connection_state' : 'state']: state }),
      [otel ? 'db_client_connection_pool_name' : 'pool']: pool,
    }),
    value,
  })

  /** @param seriesOfPool the series of one pool */
  function family(
    name: string,
    help: string,
    seriesOfPool: (connections: Connections, pool: string) => readonly NumberSeries[],
  ): Family {
    return {
      name,
      help,
      type: 'gauge',
      series: () =>
        Array.from(readers).flatMap(([pool, read]) => {
          try {
            return seriesOfPool(read(), pool)
          } catch (error) {
            fault(`connection pool ${pool}`, error)
            return []
          }
        }),
    }
  }

  return {
    families: [
      family(COUNT, 'Connections of a pool by their state.', ({ used, idle }, pool) => [
        seriesOf(used, pool, 'used'),
        seriesOf(idle, pool, 'idle'),
      ]),
      family('db_client_connection_max', 'Connections that a pool may have.', ({ max }, pool) =>
        max === undefined ? [] : [seriesOf(max, pool)],
      ),
      family(
        'db_client_connection_pending_requests',
        'Requests that wait for a connection of a pool.',
        ({ pending }, pool) => (pending === undefined ? [] : [seriesOf(pending, pool)]),
      ),
    ],
    add(name, pool) {
      const reader = readerOf(pool)
      if (reader === undefined) {
        throw new TypeError(
          `Sightline: metrics.pool got ${shown(pool)} as ${name}, but needs a Pool of pg, or a client or pool of redis or ioredis`,
        )
      }
      // A pool of the same name replaces the earlier one, so hot reload and tests need no reset.
      if (!readers.has(name) && readers.size >= maxSeries) refuse(COUNT)
      else readers.set(name, reader)
    },
  }
}

/** Duck typing, since users bring their own clients. */
function readerOf(pool: unknown): (() => Connections) | undefined {
  if (typeof pool !== 'object' || pool === null) return undefined
  const has = (key: string): boolean => typeof (pool as Record<string, unknown>)[key] === 'number'
  if (has('totalCount') && has('idleCount')) return () => ofPostgres(pool as PostgresConnections)
  if (has('totalClients') && has('idleClients')) return () => ofRedisPool(pool as RedisConnections)
  const { status, isReady } = pool as SharedConnection
  if (typeof status === 'string' || typeof isReady === 'boolean') return () => ofSharedConnection(pool)
  return undefined
}

function ofPostgres({ totalCount, idleCount, waitingCount, options }: PostgresConnections): Connections {
  return { used: totalCount - idleCount, idle: idleCount, max: options.max, pending: waitingCount }
}

function ofRedisPool({ totalClients, idleClients, tasksQueueLength }: RedisConnections): Connections {
  return { used: totalClients - idleClients, idle: idleClients, pending: tasksQueueLength }
}

/** The connection is used while a command is in flight. Without that information, it is used while it is open. */
function ofSharedConnection({ status, isReady, commandQueue }: SharedConnection): Connections {
  const open = status === undefined ? isReady === true : status === 'ready'
  const used = open && (commandQueue === undefined || commandQueue.length > 0)
  return { used: used ? 1 : 0, idle: open && !used ? 1 : 0, max: 1 }
}
