import { CALL, type CallColumns } from './deltas.ts'

/** A call from a client to a server. */
export interface Call {
  readonly client: string
  readonly server: string
  readonly seconds: number
  readonly failed: boolean
  readonly weight: number
}

/** Milliseconds that an end waits for the other one: clients export their spans every few seconds. */
const WAIT_MS = 20_000
/** Ends of each side that wait at most. */
const MAX_WAITING = 100_000
/** Ends that are given up at once where there are more: looking for the oldest one passes the places of all that were removed before. */
const GIVEN_UP = MAX_WAITING / 10
/** Servers of one client that wait at most. */
const MAX_SERVERS = 100
/** Characters of a key: one a byte. */
const KEY_LENGTH = 24

/** One end of a call. */
interface End {
  readonly job: string
  readonly seconds: number
  readonly failed: boolean
  readonly weight: number
}

interface Client extends End {
  readonly key: string
  readonly peer: string
  readonly until: number
  isMatched: boolean
}

interface Servers {
  readonly until: number
  readonly ends: End[]
}

/**
 * Puts the two ends of calls together, in whatever order they arrive. A client waits a while for its servers, which may be several
 * (a message and its consumers, a proxy that tries again). Where none comes, the call goes to the address that the client knows.
 */
export class ServiceGraph {
  readonly #clients = new Map<string, Client>()
  readonly #servers = new Map<string, Servers>()
  readonly #called: (call: Call) => void

  /** @param called receives each call, once it is known */
  constructor(called: (call: Call) => void) {
    this.#called = called
  }

  /** @param now milliseconds since 1970 */
  add(columns: CallColumns, now: number): void {
    const { keys, flags, jobs, peers, seconds, weights, strings } = columns
    // One text holds all keys, and each key is a slice of it.
    const text = Buffer.from(keys.buffer, keys.byteOffset, keys.byteLength).toString('latin1')
    for (let row = 0; row < columns.count; row++) {
      const flag = flags[row] ?? 0
      const end: End = {
        job: strings[jobs[row] ?? 0] ?? '',
        seconds: seconds[row] ?? 0,
        failed: (flag & CALL.failed) !== 0,
        weight: weights[row] ?? 1,
      }
      const key = text.slice(KEY_LENGTH * row, KEY_LENGTH * row + KEY_LENGTH)
      const peer = strings[peers[row] ?? 0] ?? ''
      if ((flag & CALL.server) !== 0) this.#addServer(key, end, now)
      else if ((flag & CALL.final) !== 0) this.#toPeer(end, peer)
      else this.#addClient({ ...end, key, peer, until: now + WAIT_MS, isMatched: false })
    }
  }

  /** Gives up on the ends that have waited long enough. */
  expire(now: number): void {
    for (const client of this.#clients.values()) {
      if (client.until > now) break
      this.#giveUp(client)
    }
    for (const [key, { until }] of this.#servers) {
      if (until > now) break
      this.#servers.delete(key)
    }
  }

  #addClient(client: Client): void {
    const waiting = this.#servers.get(client.key)
    if (waiting !== undefined) {
      this.#servers.delete(client.key)
      client.isMatched = true
      for (const server of waiting.ends) this.#match(client, server)
    }
    this.#clients.set(client.key, client)
    if (this.#clients.size <= MAX_WAITING) return
    for (const oldest of this.#clients.values()) {
      this.#giveUp(oldest)
      if (this.#clients.size === MAX_WAITING + 1 - GIVEN_UP) return
    }
  }

  #addServer(key: string, end: End, now: number): void {
    const client = this.#clients.get(key)
    if (client !== undefined) {
      client.isMatched = true
      this.#match(client, end)
      return
    }
    const waiting = this.#servers.get(key)
    if (waiting !== undefined) {
      if (waiting.ends.length < MAX_SERVERS) waiting.ends.push(end)
      return
    }
    this.#servers.set(key, { until: now + WAIT_MS, ends: [end] })
    if (this.#servers.size <= MAX_WAITING) return
    for (const oldest of this.#servers.keys()) {
      this.#servers.delete(oldest)
      if (this.#servers.size === MAX_WAITING + 1 - GIVEN_UP) return
    }
  }

  #match(client: End, server: End): void {
    this.#called({
      client: client.job,
      server: server.job,
      seconds: server.seconds,
      failed: client.failed || server.failed,
      weight: server.weight,
    })
  }

  #giveUp(client: Client): void {
    this.#clients.delete(client.key)
    if (!client.isMatched) this.#toPeer(client, client.peer)
  }

  #toPeer({ job, seconds, failed, weight }: End, peer: string): void {
    if (peer !== '') this.#called({ client: job, server: peer, seconds, failed, weight })
  }
}
