import { createSightline, type Sightline } from '@sightline/core'
import type { DeliveryLog } from '@sightline/delivery'
import { Redis } from 'ioredis'
import { Pool } from 'pg'

/**
 * What examples take for granted: each name is there where an example does not declare it itself. It is made when it is
 * first used.
 */

interface Message {
  readonly headers: Record<string, string>
}

declare global {
  var telemetry: Sightline
  /** A pool and a client that no server has been asked through yet. */
  var pool: Pool
  var client: Redis
  /** A queue that hands over what it is sent. */
  var queue: {
    readonly isConnected: boolean
    send(message: Message, headers: Record<string, string>): Promise<void>
    process(worker: (message: Message) => unknown): void
  }
  var message: Message
  function send(message: Message): Promise<void>
  /** After some of them the service is told to end. */
  function sendNextMail(): Promise<void>
  var migrated: boolean
  /** Where somebody answers. */
  var url: string
  var key: string
  var line: string
  var errorLine: string
  var log: DeliveryLog
  function fault(source: string, error: unknown): void
}

/** Makes names known everywhere, each with what it stands for. */
export function give(names: Record<string, () => unknown>): void {
  for (const [name, make] of Object.entries(names)) {
    let made: { readonly value: unknown } | undefined
    Object.defineProperty(globalThis, name, {
      configurable: true,
      get: () => (made ??= { value: make() }).value,
    })
  }
}

const message: Message = { headers: {} }
let mails = 0

give({
  telemetry: () => createSightline({ service: 'orders', lifecycle: true }),
  pool: () => new Pool({ host: '127.0.0.1' }),
  client: () => new Redis({ lazyConnect: true }),
  message: () => message,
  queue: () => ({
    isConnected: true,
    async send() {},
    process(worker: (received: Message) => unknown) {
      worker(message)
    },
  }),
  send: () => async () => {},
  sendNextMail: () => async () => {
    mails++
    if (mails === 3) process.kill(process.pid, 'SIGTERM')
    // A turn of the loop, in which the signal is heard.
    await new Promise((resolve) => setImmediate(resolve))
  },
  migrated: () => true,
  url: () => 'data:,answered',
  key: () => 'a key',
  line: () => '{}',
  errorLine: () => '{}',
  log: () => () => {},
  fault: () => (source: string, error: unknown) => {
    throw new Error(source, { cause: error })
  },
})
