import { Agent, type AgentOptions } from 'node:http'
import { Agent as SecureAgent } from 'node:https'
import { performance } from 'node:perf_hooks'
import type { Duplex } from 'node:stream'

import { OWN } from './own.ts'

/** A connection is closed at this age: the next one asks the name service anew, and finds a destination that has moved. */
const LONGEST_LIFE_MS = 60_000

/** The connections of one destination and signal. */
export interface Connections {
  agentFor(protocol: string): Agent
  /** Closes those that are idle: the next request opens a new one, and looks up the name again. */
  refresh(): void
  /** Closes all of them. */
  close(): void
}

/** Makes connections that are kept alive for a while, shared with nobody. */
export function createConnections(
  sockets: number,
  tls: AgentOptions & object,
  longestLifeMs: number = LONGEST_LIFE_MS,
): Connections {
  const agents = new Map<string, Agent>()

  function make(protocol: string): Agent {
    const options = { ...tls, keepAlive: true, maxSockets: sockets, maxFreeSockets: sockets }
    const agent = protocol === 'https:' ? new SecureAgent(options) : new Agent(options)
    const births = new WeakMap<Duplex, number>()
    // Node's own decision whether a connection is kept; its types miss that it returns it.
    const keeps = agent.keepSocketAlive.bind(agent) as (socket: Duplex) => boolean
    agent.keepSocketAlive = (socket) => {
      const birth = births.get(socket) ?? performance.now()
      births.set(socket, birth)
      return performance.now() - birth < longestLifeMs && keeps(socket)
    }
    return Object.assign(agent, { [OWN]: true })
  }

  return {
    agentFor(protocol) {
      const agent = agents.get(protocol) ?? make(protocol)
      agents.set(protocol, agent)
      return agent
    },
    refresh() {
      for (const { freeSockets } of agents.values())
        for (const socket of Object.values(freeSockets).flat()) socket?.destroy()
    },
    close() {
      for (const agent of agents.values()) agent.destroy()
    },
  }
}
