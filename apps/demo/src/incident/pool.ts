import { telemetry } from '@sightline/demo-koa/telemetry'

/** A pool of connections to a database. */
export interface Pool {
  /**
   * Runs work that has a connection to itself.
   *
   * @throws {PoolTimeoutError} if no connection became free in time
   */
  use<T>(work: () => Promise<T>): Promise<T>
}

/** No connection became free in time. */
class PoolTimeoutError extends Error {
  override readonly name = 'PoolTimeoutError'
}

/** Creates a pool of `size` connections. A caller waits for `waitMs` milliseconds at most. */
export function createPool(
  name: string,
  { size, waitMs }: { readonly size: number; readonly waitMs: number },
): Pool {
  let used = 0
  const waiting: Array<() => void> = []

  // The members that a pool of pg has.
  telemetry.metrics.pool(name, {
    options: { max: size },
    get totalCount() {
      return size
    },
    get idleCount() {
      return size - used
    },
    get waitingCount() {
      return waiting.length
    },
  })

  function take(): Promise<void> {
    if (used === size) return telemetry.trace('wait for a connection', { fields: { pool: name } }, turn)
    used++
    return Promise.resolve()
  }

  /** Waits for a connection that is handed over, and so stays in use. */
  function turn(): Promise<void> {
    const { promise, resolve, reject } = Promise.withResolvers<void>()
    const timer = setTimeout(() => {
      waiting.splice(waiting.indexOf(next), 1)
      telemetry.log.warn({ pool: name, waiting: waiting.length }, 'no connection became free')
      reject(new PoolTimeoutError(`no connection within ${waitMs} ms; ${used} of ${size} in use`))
    }, waitMs)
    function next(): void {
      clearTimeout(timer)
      resolve()
    }
    waiting.push(next)
    return promise
  }

  return {
    async use(work) {
      await take()
      try {
        return await work()
      } finally {
        const next = waiting.shift()
        if (next === undefined) used--
        else next()
      }
    },
  }
}
