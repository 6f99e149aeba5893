import { connect, isIP, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectSecurely } from 'node:tls'

import type { DeliverySettings } from './options.ts'

/**
 * Maximum age of a connection. The next one repeats the DNS lookup, and finds a destination that has moved.
 */
const LONGEST_LIFE_MS = 60_000

/** The callbacks of the request that uses a connection. */
export interface ConnectionUser {
  /** The connection is writable. */
  opened(connection: Connection): void
  received(bytes: Buffer): void
  /** The connection is closed: with an error, or without one when the peer closed it. */
  closed(failure: Error | undefined): void
}

/** A connection to one origin, used by one request at a time. It does not keep the process alive. */
export class Connection {
  readonly socket: Socket
  readonly origin: string
  /** Whether it has carried an earlier request. */
  wasUsed = false
  readonly #openedAt = performance.now()
  #isOpen = false
  #user: ConnectionUser | undefined = undefined
  #failure: Error | undefined = undefined

  constructor(url: URL, tls: DeliverySettings['tls'], gone: (connection: Connection) => void) {
    this.origin = url.origin
    this.socket = url.protocol === 'https:' ? secureSocketTo(url, tls) : socketTo(url)
    this.socket
      // The connection does not keep the process alive. A flush does, with its own timer.
      .unref()
      .on(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        this.#isOpen = true
        this.#user?.opened(this)
      })
      .on('data', (bytes) => {
        // Bytes without a request break the protocol.
        if (this.#user === undefined) this.socket.destroy()
        else this.#user.received(bytes)
      })
      .on('error', (error) => {
        this.#failure = error
      })
      .on('close', () => {
        gone(this)
        this.#user?.closed(this.#failure)
      })
  }

  get age(): number {
    return performance.now() - this.#openedAt
  }

  /** Sets the user whose callbacks receive this connection's events. */
  lendTo(user: ConnectionUser): void {
    this.#user = user
    if (this.#isOpen) user.opened(this)
  }

  /** Removes the user. */
  leave(): void {
    this.#user = undefined
    this.wasUsed = true
  }
}

/** The connections of one destination and signal. */
export class Connections {
  readonly #tls: DeliverySettings['tls']
  readonly #longestLifeMs: number
  readonly #all = new Set<Connection>()
  readonly #idle = new Set<Connection>()

  /** @param tls as `tls.connect` takes it */
  constructor(tls: DeliverySettings['tls'], longestLifeMs: number = LONGEST_LIFE_MS) {
    this.#tls = tls
    this.#longestLifeMs = longestLifeMs
  }

  /** Returns an idle connection, or opens a new one. */
  take(url: URL): Connection {
    for (const connection of this.#idle) {
      if (connection.origin !== url.origin) continue
      this.#idle.delete(connection)
      return connection
    }
    const connection = new Connection(url, this.#tls, (gone) => {
      this.#all.delete(gone)
      this.#idle.delete(gone)
    })
    this.#all.add(connection)
    return connection
  }

  /** Returns a connection after a request. It stays open when it can be reused. */
  giveBack(connection: Connection, isReusable: boolean): void {
    connection.leave()
    if (isReusable && connection.age < this.#longestLifeMs) this.#idle.add(connection)
    else connection.socket.destroy()
  }

  /** Closes the idle connections: the next request opens a new one and repeats the DNS lookup. */
  refresh(): void {
    for (const { socket } of this.#idle) socket.destroy()
    this.#idle.clear()
  }

  close(): void {
    for (const { socket } of this.#all) socket.destroy()
  }
}

function socketTo(url: URL): Socket {
  return connect({ host: hostOf(url), port: Number(url.port || 80), noDelay: true })
}

function secureSocketTo(url: URL, tls: DeliverySettings['tls']): Socket {
  const host = hostOf(url)
  return connectSecurely({
    ...tls,
    host,
    port: Number(url.port || 443),
    // An IP address is no valid server name: RFC 6066, section 3.
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ['http/1.1'],
  }).setNoDelay()
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}
