import { subscribe } from 'node:diagnostics_channel'
import { type IncomingMessage, type Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

import type { FaultReporter } from './fault.ts'
import { handOver } from './handover.ts'
import type { Hold } from './lifecycle/presence.ts'
import { type Place, Roster } from './lifecycle/roster.ts'
import type { Observer } from './seam.ts'

/** Observes the connections of servers that are handed over to another protocol, such as WebSocket's. */
export interface Upgrades {
  /**
   * Begins to watch.
   *
   * @param server whose requests are observed; absent where it is not known yet
   */
  watch(server?: Server): void
  readonly hold: Hold
  close(): void
}

/** Who observes the upgrades of a server. */
interface Watcher {
  observe(req: IncomingMessage, socket: Socket): void
}

// A process has one set of servers, and node tells of all of them: which is whose is settled here.
const watchers = new Roster<Watcher>()
const closed = new WeakSet<Watcher>()
const unplaced = new Set<Watcher>()
const owners = new WeakMap<Server, Watcher>()
const watched = new WeakSet<Server>()
let watching = false

/** Makes what observes upgrades for one Sightline. */
export function createUpgrades(observer: Observer, fault: FaultReporter): Upgrades {
  const watcher: Watcher = {
    observe(req, socket) {
      try {
        // It sends nothing. With the connection beside it, it does not count as one that waits for its turn.
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
      follow(server)
    },
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
    const { server } = message as { server: Server }
    if (!watchers.isEmpty && server.listenerCount('request') > 0) follow(server)
  })
}

/**
 * Has a listener of ours among those of the application, and none where it has none: by their number node decides whether a
 * connection is handed over, or the request answered as any other.
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

// Known to all copies of this module: two of them would answer each other's listener with one of their own, for ever.
const OURS = Symbol.for('sightline.upgrades.1')
Object.defineProperty(onUpgrade, OURS, { value: true })

function isOurs(listener: object): boolean {
  return OURS in listener
}

/**
 * Its first request tells whose a server is. Before that it is the only Sightline's that has had no request on any: where
 * there are more, or none, an upgrade is nobody's.
 */
function ownerOf(server: Server): Watcher | undefined {
  const owner = owners.get(server)
  if (owner !== undefined) return closed.has(owner) ? undefined : owner
  return unplaced.size === 1 ? unplaced.values().next().value : undefined
}
