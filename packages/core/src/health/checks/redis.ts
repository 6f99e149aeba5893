import { setTimeout as delay } from 'node:timers/promises'

import { objectWith } from '../../requirements/requirements.ts'
import type { CheckFunction } from '../check.ts'
import { DATASTORE } from './datastore.ts'

/** A client of Redis or Valkey: that of `ioredis`, or that of `redis`. */
export interface RedisClient {
  ping(): Promise<unknown>
  /** The word of `ioredis` for how its connection is. */
  readonly status?: string
  /** The word of `redis` for whether its connection can be used. */
  readonly isReady?: boolean
}

/** With any other status a command would wait in the client until there is a connection. `wait` connects when asked. */
const USABLE = ['ready', 'wait', 'monitoring']

/** How much longer than its check an unanswered ping is waited for. */
const PATIENCE_MS = 2_000

/**
 * Asks Redis for a ping, on the client's own connection: if that is of no use, neither is Redis to the service. So this is
 * not for a client that blocks, such as with `BLPOP`: its ping would wait as well.
 *
 * @example
 * health.check('sessions', checks.redis(client))
 *
 * @throws {TypeError} where it gets no client
 */
export function redis(client: RedisClient): CheckFunction {
  const missing = objectWith('a client of ioredis or redis', 'ping')(client)
  if (missing !== undefined)
    throw new TypeError(`Sightline: checks.redis got a value of type ${typeof client}, but needs ${missing}`)
  return Object.assign(check, { suits: DATASTORE })

  async function check(signal: AbortSignal): Promise<void> {
    const { status = 'ready', isReady = true } = client
    if (!USABLE.includes(status)) throw new Error(`the client has no connection: it is ${status}`)
    if (!isReady) throw new Error('the client has no connection')
    await Promise.race([client.ping(), lost(signal)])
  }
}

/**
 * Rejects some time after a ping was to be answered. Until then the check counts as hanging, and is not run again: so a
 * server that hangs is not sent ever more pings, and the check goes on as soon as the first is answered. But a client may
 * have lost the ping together with a connection, and then nothing will ever answer it.
 */
function lost(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    signal.addEventListener('abort', () => {
      void delay(PATIENCE_MS, undefined, { ref: false }).then(() =>
        reject(new Error('the ping was never answered')),
      )
    })
  })
}
