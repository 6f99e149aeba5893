import { CALL, type CallColumns } from '../deltas.ts'
import { type End, WaitingEnds } from './waiting-ends.ts'

/** A call from a client to a server. */
export interface Call {
  readonly client: string
  readonly server: string
  readonly seconds: number
  readonly failed: boolean
  readonly weight: number
  /** The part of the time, as `partOf` tells it. */
  readonly part: number
}

/** Milliseconds that an end waits for the other one: clients export their spans every few seconds. */
const WAIT_MS = 20_000
/** Ends of each side that wait at most. */
const MAX_WAITING = 100_000
/** Servers of one client that wait at most. */
const MAX_SERVERS = 100
const KEY_WORDS = 6

/**
 * Puts the two ends of calls together, in whatever order they arrive. A client waits a while for its servers, which may be several
 * (a message and its consumers, a proxy that tries again). Where none comes, the call goes to the address that the client knows.
 */
export class ServiceGraph {
  readonly #clients = new WaitingEnds(MAX_WAITING)
  readonly #servers = new WaitingEnds(MAX_WAITING)
  readonly #called: (call: Call) => void

  /** @param called receives each call, once it is known */
  constructor(called: (call: Call) => void) {
    this.#called = called
  }

  /**
   * @param part the part of the time in which the ends are, as `partOf` tells it
   * @param now milliseconds since 1970
   */
  add(columns: CallColumns, part: number, now: number): void {
    const { flags, jobs, peers, seconds, weights, strings } = columns
    const keys = wordsOf(columns.keys)
    for (let row = 0; row < columns.count; row++) {
      const flag = flags[row] ?? 0
      const end: End = {
        job: strings[jobs[row] ?? 0] ?? '',
        peer: strings[peers[row] ?? 0] ?? '',
        seconds: seconds[row] ?? 0,
        failed: (flag & CALL.failed) !== 0,
        weight: weights[row] ?? 1,
        part,
      }
      if ((flag & CALL.server) !== 0) this.#addServer(keys, row * KEY_WORDS, end, now)
      else if ((flag & CALL.final) !== 0) this.#toPeer(end)
      else this.#addClient(keys, row * KEY_WORDS, end, now)
    }
  }

  /** Gives up on the ends that have waited long enough. */
  expire(now: number): void {
    const clients = this.#clients
    for (let place = clients.oldest; place >= 0 && clients.until(place) <= now; place = clients.oldest)
      this.#giveUp(place)
    const servers = this.#servers
    for (let place = servers.oldest; place >= 0 && servers.until(place) <= now; place = servers.oldest)
      servers.remove(place)
  }

  #addClient(keys: Uint32Array, at: number, end: End, now: number): void {
    const clients = this.#clients
    let place = clients.find(keys, at)
    if (place >= 0) clients.set(place, end)
    else {
      if (clients.isFull) this.#giveUp(clients.oldest)
      place = clients.add(keys, at, end, now + WAIT_MS)
    }
    const servers = this.#servers
    for (let server = servers.find(keys, at); server >= 0; server = servers.find(keys, at)) {
      clients.match(place)
      this.#match(end, servers.end(server))
      servers.remove(server)
    }
  }

  #addServer(keys: Uint32Array, at: number, end: End, now: number): void {
    const clients = this.#clients
    const client = clients.find(keys, at)
    if (client >= 0) {
      clients.match(client)
      this.#match(clients.end(client), end)
      return
    }
    const servers = this.#servers
    let waiting = 0
    for (let place = servers.find(keys, at); place >= 0; place = servers.before(place))
      if (++waiting >= MAX_SERVERS) return
    if (servers.isFull) servers.remove(servers.oldest)
    servers.add(keys, at, end, now + WAIT_MS)
  }

  #match(client: End, server: End): void {
    this.#called({
      client: client.job,
      server: server.job,
      seconds: server.seconds,
      failed: client.failed || server.failed,
      weight: server.weight,
      part: server.part,
    })
  }

  #giveUp(client: number): void {
    const clients = this.#clients
    if (!clients.isMatched(client)) this.#toPeer(clients.end(client))
    clients.remove(client)
  }

  #toPeer({ job, peer, ...call }: End): void {
    if (peer !== '') this.#called({ client: job, server: peer, ...call })
  }
}

/** The keys as words. Their order of bytes does not matter, since they are only compared. */
function wordsOf(keys: Uint8Array): Uint32Array {
  const aligned = keys.byteOffset % 4 === 0 ? keys : keys.slice()
  return new Uint32Array(aligned.buffer, aligned.byteOffset, Math.floor(aligned.byteLength / 4))
}
