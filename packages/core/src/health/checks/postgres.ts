import { performance } from 'node:perf_hooks'

import { checkOptions, milliseconds, objectWith } from '../../requirements/requirements.ts'
import type { CheckFunction, CheckResult } from '../check.ts'
import { aborted } from './aborted.ts'
import { DATASTORE } from './datastore.ts'

/** A connection to PostgreSQL, as `pg` has them. */
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
  /** Absent from the native client. */
  readonly connection?: { readonly stream: { destroy(): unknown } }
}

/** A `Pool` of the package `pg`. */
export interface PostgresPool {
  readonly totalCount: number
  readonly idleCount: number
  readonly waitingCount: number
  readonly options: { readonly max: number }
  /** What the pool makes its connections with. It is always there, but not in the types of `pg`. */
  readonly Client?: new (options: object) => OwnConnection
  connect(): Promise<PooledConnection>
  on(event: 'acquire', listener: () => void): unknown
  off(event: 'acquire', listener: () => void): unknown
}

/** When a pool that is busy counts as broken. */
export interface PostgresCheckOptions {
  /**
   * Milliseconds for which nobody who waits has got a connection. Then the pool serves nobody any more, although the
   * server does: as when connections are never released. Default: 30000.
   */
  readonly wedgedAfter?: number
}

/** https://www.postgresql.org/docs/current/errcodes-appendix.html */
const TOO_MANY_CONNECTIONS = '53300'

const QUERY = 'select 1'

/**
 * Asks PostgreSQL, through the service's own pool.
 *
 * Busy is not broken. Where all connections of the pool are taken, a query would wait behind all others, and running out
 * of time it would take a service out of traffic just because there is much of it. So then the server is asked on a
 * connection of the check's own, and as long as it answers the service is no worse than degraded.
 *
 * @example
 * health.check('database', checks.postgres(pool))
 *
 * @throws {TypeError} where it gets no pool, or an option is wrong
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

/** Asks on one of the pool's connections, and never takes more than one of them. */
function throughPool(pool: PostgresPool) {
  let waits = false

  /** `false`: the server has no room for another connection, but the pool has some. */
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
      // What comes too late goes back at once.
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
    // One that does not answer is of no use to others either: the pool closes it, and makes a new one when it needs it.
    connection.release(isLost)
  }
}

/** Asks on a connection of its own. A server that has no room for one is there, too. */
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

/** Without a listener, an error of a connection would end the process. Its query fails as well, and tells us. */
function ignore(): void {}

function isServerFull(error: unknown): boolean {
  return (error as { code?: unknown } | undefined)?.code === TOO_MANY_CONNECTIONS
}
