import { setTimeout as delay } from 'node:timers/promises'

import { objectWith } from '../../requirements/requirements.ts'
import type { CheckFunction } from '../check.ts'
import { DATASTORE } from './datastore.ts'

/** A Redis or Valkey client: from `ioredis` or `redis`. */
export interface RedisClient {
  ping(): Promise<unknown>
  /** The connection state of `ioredis`. */
  readonly status?: string
  /** The connection state of `redis`. */
  readonly isReady?: boolean
}

/** In any other state, a command would wait in the client for a connection. `wait` connects on the first command. */
const USABLE = ['ready', 'wait', 'monitoring']

/** Time to wait for an unanswered ping after the check's timeout. */
const PATIENCE_MS = 2_000

/**
 * Sends a ping on the client's own connection: if that connection fails, the service cannot use Redis. Not
 * for a client with blocking commands, such as `BLPOP`: its ping would wait, too.
 *
 * @example
 * health.check('sessions', checks.redis(client))
 *
 * @throws {TypeError} if it gets no client
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
 * Rejects some time after the timeout of a ping. Until then the check counts as hanging and is not run again:
 * a hanging server gets no further pings, and the check recovers when the first ping is answered. The limit
 * is needed because a client may lose a ping together with its connection.
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
