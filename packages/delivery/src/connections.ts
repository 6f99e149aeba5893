import { connect, isIP, type Socket } from 'node:net'
import { performance } from 'node:perf_hooks'
import { connect as connectSecurely } from 'node:tls'

import type { DeliverySettings } from './options.ts'

/** A connection is closed at this age: the next one asks the name service anew, and finds a destination that has moved. */
const LONGEST_LIFE_MS = 60_000

/** Who uses a connection at the moment. */
export interface ConnectionUser {
  /** It can be written to. */
  opened(connection: Connection): void
  received(bytes: Buffer): void
  /** It is gone: for the reason given, or because the other side has closed it. */
  closed(failure: Error | undefined): void
}

/** A connection to one origin, used by one request at a time. It holds no process. */
export class Connection {
  readonly socket: Socket
  readonly origin: string
  /** Whether an earlier request was answered over it. */
  wasUsed = false
  readonly #openedAt = performance.now()
  #isOpen = false
  #user: ConnectionUser | undefined = undefined
  #failure: Error | undefined = undefined

  constructor(url: URL, tls: DeliverySettings['tls'], gone: (connection: Connection) => void) {
    this.origin = url.origin
    this.socket = url.protocol === 'https:' ? secureSocketTo(url, tls) : socketTo(url)
    this.socket
      // A process that has nothing else to do may end; whoever flushes keeps it alive by its own timer.
      .unref()
      .on(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
        this.#isOpen = true
        this.#user?.opened(this)
      })
      .on('data', (bytes) => {
        // Who speaks without being asked is not understood any more.
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

  /** Has somebody told what happens from now on. */
  lendTo(user: ConnectionUser): void {
    this.#user = user
    if (this.#isOpen) user.opened(this)
  }

  /** Nobody uses it any more. */
  leave(): void {
    this.#user = undefined
    this.wasUsed = true
  }
}

/** The connections of one destination and signal, shared with nobody. */
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

  /** A connection for one request: one that lies idle, or a new one. */
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

  /** Takes one back, to be used again where that is possible. */
  giveBack(connection: Connection, isReusable: boolean): void {
    connection.leave()
    if (isReusable && connection.age < this.#longestLifeMs) this.#idle.add(connection)
    else connection.socket.destroy()
  }

  /** Closes those that are idle: the next request opens a new one, and looks up the name again. */
  refresh(): void {
    for (const { socket } of this.#idle) socket.destroy()
    this.#idle.clear()
  }

  /** Closes all of them. */
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
    // An address is no name: RFC 6066, section 3.
    ...(isIP(host) === 0 && { servername: host }),
    ALPNProtocols: ['http/1.1'],
  }).setNoDelay()
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '')
}
