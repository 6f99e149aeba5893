import { performance } from 'node:perf_hooks'

import { checkOptions, milliseconds, objectWith } from '../../requirements/requirements.ts'
import type { CheckFunction, CheckResult } from '../check.ts'
import { aborted } from './aborted.ts'
import { DATASTORE } from './datastore.ts'

/** A connection of `pg`. */
interface Connection {
  query(text: string): Promise<unknown>
  on(event: 'error', listener: () => void): unknown
  off(event: 'error', listener: () => void): unknown
}

interface PooledConnection extends Connection {
  release(destroy?: boolean): void
}

interface OwnConnection extends Connection {
  connect(): Promise<unknown>
  end(): Promise<void>
  /** Absent in the native client. */
  readonly connection?: { readonly stream: { destroy(): unknown } }
}

/** A `Pool` of the package `pg`. */
export interface PostgresPool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly options: { readonly max: number }
  /** The client class of the pool. It always exists, but is not in the types of `pg`. */
  readonly Client?: new (options: object) => OwnConnection
  connect(): Promise<PooledConnection>
  on(event: 'acquire', listener: () => void): unknown
  off(event: 'acquire', listener: () => void): unknown
}

/** The options of the PostgreSQL check. */
export interface PostgresCheckOptions {
  /**
   * Milliseconds without a connection for any waiting query, after which the pool counts as stuck even if the
   * server answers: for example when connections are never released. Default: 30000.
   */
  readonly wedgedAfter?: number
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const TOO_MANY_CONNECTIONS = '53300'

const QUERY = 'select 1'

/**
 * Checks PostgreSQL through the service's own pool.
 *
 * A busy pool is not a failure. If all connections are in use, a query would queue behind the others, time
 * out, and take a service out of traffic because of high traffic. In that case the server is checked on a
 * separate connection, and while it answers the service is at most degraded.
 *
 * @example
 * health.check('database', checks.postgres(pool))
 *
 * @throws {TypeError} if it gets no pool, or an option is wrong
 */
export function postgres(pool: PostgresPool, options: PostgresCheckOptions = {}): CheckFunction {
  const missing = objectWith('a Pool of pg', 'connect', 'on', 'off', 'Client')(pool)
  if (missing !== undefined)
    throw new TypeError(`Sightline: checks.postgres got a value of type ${typeof pool}, but needs ${missing}`)
  checkOptions(options, { wedgedAfter: milliseconds }, 'checks.postgres')
  const { wedgedAfter = 30_000 } = options
  const looker = throughPool(pool)
  let waitingSince: number | undefined
  const served = () => {
    waitingSince = undefined
  }
  pool.on('acquire', served)

  async function check(signal: AbortSignal): Promise<CheckResult> {
    const isFull = pool.idleCount === 0 && pool.totalCount >= pool.options.max
    if (isFull || looker.isWaiting()) await askedBeside(pool, signal)
    else if (await looker.ask(signal)) return { status: 'healthy', details: connections() }
    return howBusy()
  }

  function howBusy(): CheckResult {
    const details = connections()
    const now = performance.now()
    waitingSince = pool.waitingCount > 0 ? (waitingSince ?? now) : undefined
    const waitedMs = now - (waitingSince ?? now)
    if (waitedMs > wedgedAfter)
      return {
        status: 'unhealthy',
        reason: `for ${Math.round(waitedMs)} ms nobody has got a connection`,
        details,
      }
    return { status: 'degraded', reason: 'all connections are busy', details }
  }

  function connections() {
    const {
      totalCount: total,
      idleCount: idle,
      waitingCount: waiting,
      options: { max },
    } = pool
    return { total, idle, waiting, max }
  }

  return Object.assign(check, {
    suits: DATASTORE,
    close: () => void pool.off('acquire', served),
  })
}

/** Checks on one connection of the pool, never more than one. */
function throughPool(pool: PostgresPool) {
  let waits = false

  /** `false`: the server refused a new connection, but the pool has others. */
  async function ask(signal: AbortSignal): Promise<boolean> {
    waits = true
    const coming = pool.connect().finally(() => {
      waits = false
    })
    try {
      const connection = await Promise.race([coming, aborted(signal)])
      await answered(connection, signal)
      return true
    } catch (error) {
      // A connection that arrives too late is released at once.
      if (waits) coming.then((late) => late.release()).catch(() => {})
      if (isServerFull(error) && pool.totalCount > 0) return false
      throw error
    }
  }

  return { ask, isWaiting: () => waits }
}

async function answered(connection: PooledConnection, signal: AbortSignal): Promise<void> {
  let isLost = true
  connection.on('error', ignore)
  try {
    await Promise.race([connection.query(QUERY), aborted(signal)])
    isLost = false
  } finally {
    connection.off('error', ignore)
    // An unresponsive connection is useless to others: the pool closes it, and opens a new one when needed.
    connection.release(isLost)
  }
}

/** Checks on a separate connection. A server that has no free connection slot is alive, too. */
async function askedBeside({ Client, options }: PostgresPool, signal: AbortSignal): Promise<void> {
  if (!Client) return
  const own = new Client(options)
  own.on('error', ignore)
  try {
    await Promise.race([own.connect().then(() => own.query(QUERY)), aborted(signal)])
    await own.end()
  } catch (error) {
    own.connection?.stream.destroy()
    if (!isServerFull(error)) throw error
  }
}

/** Without a listener, a connection error would end the process. The query's failure reports it. */
function ignore(): void {}

function isServerFull(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === TOO_MANY_CONNECTIONS
}
