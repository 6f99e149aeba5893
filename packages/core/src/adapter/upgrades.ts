import { subscribe } from 'node:diagnostics_channel'
import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { Hold } from '../lifecycle/presence.ts'
import { type Place, Roster } from '../lifecycle/roster.ts'
import { handOver } from '../request/handover.ts'
import type { FaultReporter, Observer } from '../seam.ts'

/** Observes server connections that are upgraded to another protocol, such as WebSocket. */
export interface Upgrades {
  /**
   * Starts to watch.
   *
   * @param server the server of the observed requests; absent if it is not known yet
   */
  watch(server?: Server): void
  /** Leaves the upgrades of a server alone. Its framework brings them to its routes, where they are observed. */
  leave(server: Server): void
  readonly hold: Hold
  close(): void
}

/** The observer of a server's upgrades. */
interface Watcher {
  observe(req: IncomingMessage, socket: Socket): void
}

// A process has one set of servers, and node reports all of them. This module assigns each one to its
// Sightline.
const watchers = new Roster<Watcher>()
const closed = new WeakSet<Watcher>()
const unplaced = new Set<Watcher>()
const owners = new WeakMap<Server, Watcher>()
const watched = new WeakSet<Server>()
let watching = false

/** This copy of the module. */
const COPY = {}
/** Set on a server: the copy that may guess whose it is, the one that was loaded last. */
const GUESSER = Symbol.for('sightline.upgrades.guesser.1')

/** Set on a server by the adapter that serves it: no copy may guess whose it is. */
const CLAIMED = Symbol.for('sightline.upgrades.claimed.1')

interface Claimed {
  [GUESSER]?: object
  [CLAIMED]?: boolean
}

function claim(server: Server & Claimed): void {
  server[CLAIMED] = true
}

/** Creates the observer of upgrades of one Sightline. */
export function createUpgrades(observer: Observer, fault: FaultReporter): Upgrades {
  const watcher: Watcher = {
    observe(req, socket) {
      try {
        // This response is never sent. With the socket set, it does not count as a response queued behind
        // another.
        const res = Object.assign(new ServerResponse(req), { socket })
        observer.observe({ req, res, route: () => undefined, clientIp: () => socket.remoteAddress })
        handOver(req, res, socket)
      } catch (error) {
        fault('the observation of an upgrade', error)
      }
    },
  }
  let place: Place | undefined
  return {
    watch(server) {
      if (place === undefined) {
        place = watchers.enter(watcher)
        unplaced.add(watcher)
        watchServers()
      }
      if (server === undefined) return
      unplaced.delete(watcher)
      owners.set(server, watcher)
      claim(server)
      follow(server)
    },
    leave: claim,
    hold: {
      take: () => place?.hold(),
      release: () => place?.loosen(),
    },
    close() {
      place?.leave()
      closed.add(watcher)
      unplaced.delete(watcher)
    },
  }
}

function watchServers(): void {
  if (watching) return
  watching = true
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as { server: Server & Claimed }
    if (watchers.isEmpty || server[CLAIMED] || server.listenerCount('request') === 0) return
    server[GUESSER] = COPY
    // Once all copies have heard of the server: only the last one follows it.
    queueMicrotask(() => {
      if (server[GUESSER] === COPY) follow(server)
    })
  })
}

/**
 * Adds our listener if the application has one, and removes it with the last of the application's. By their
 * number node decides whether to upgrade a connection or to answer its request as usual.
 */
function follow(server: Server): void {
  if (watched.has(server)) return
  watched.add(server)
  const isAlone = () => server.listeners('upgrade').every(isOurs)
  if (!isAlone()) server.prependListener('upgrade', onUpgrade)
  server.on('newListener', (event, listener) => {
    if (event !== 'upgrade' || isOurs(listener)) return
    if (!server.listeners('upgrade').includes(onUpgrade)) server.on('upgrade', onUpgrade)
  })
  server.on('removeListener', (event, listener) => {
    if (event === 'upgrade' && !isOurs(listener) && isAlone()) server.off('upgrade', onUpgrade)
  })
}

function onUpgrade(this: Server, req: IncomingMessage, socket: Socket): void {
  ownerOf(this)?.observe(req, socket)
}

// All copies of this module must recognize our listener. Two copies would otherwise answer each other's
// listener with a new one, forever.
const OURS = Symbol.for('sightline.upgrades.1')
Object.defineProperty(onUpgrade, OURS, { value: true })

function isOurs(listener: object): boolean {
  return OURS in listener
}

/**
 * The Sightline of a server, known from its first request. Before that, it is the only Sightline without any
 * request. If there are several, or none, the upgrade is not observed.
 */
function ownerOf(server: Server): Watcher | undefined {
  const owner = owners.get(server)
  if (owner !== undefined) return closed.has(owner) ? undefined : owner
  const { [GUESSER]: guesser, [CLAIMED]: isClaimed } = server as Claimed
  if (isClaimed || guesser !== COPY) return undefined
  return unplaced.size === 1 ? unplaced.values().next().value : undefined
}
