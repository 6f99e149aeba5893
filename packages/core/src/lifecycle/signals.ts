import { constants } from 'node:os'
import { performance } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

import type { FaultReporter } from '../seam.ts'
import { type EndingTimes, exitAfter } from './budget.ts'
import { killAfter } from './killer.ts'
import { type Place, Roster } from './roster.ts'
import { type ServedConnections, servedConnections } from './served.ts'
import type { ShutdownReport } from './shutdown.ts'

/** A service that a signal shuts down. */
export interface Service extends EndingTimes {
  readonly service: string
  readonly fault: FaultReporter
  /** Shuts it down. Never rejects. */
  end(
    times: EndingTimes,
    servers: Iterable<ServedConnections>,
    signal: NodeJS.Signals,
  ): Promise<ShutdownReport>
}

/**
 * Package managers pass on a signal that the terminal has already sent to the process. Within this time it is
 * no second signal.
 */
const ECHO_MS = 50

// The services of a process share its signals: they shut down together.
const services = new Roster<Service>()
const handled = new Set<NodeJS.Signals>()
let first: { readonly at: number } | undefined

/** Shuts the service down on a signal, together with all other registered ones. */
export function endOnSignals(service: Service, signals: readonly NodeJS.Signals[]): Place {
  // Only the main thread receives signals.
  if (!isMainThread) return { hold() {}, loosen() {}, leave() {} }
  const place = services.enter(service)
  for (const signal of signals) {
    if (handled.has(signal)) continue
    handled.add(signal)
    process.on(signal, receive)
  }
  return {
    ...place,
    leave() {
      place.leave()
      // During the shutdown, a second signal must still be handled.
      if (services.isEmpty && !first) unlisten()
    },
  }
}

function unlisten(): void {
  for (const signal of handled) process.off(signal, receive)
  handled.clear()
}

function receive(signal: NodeJS.Signals): void {
  const now = performance.now()
  if (first) {
    if (now - first.at > ECHO_MS) process.exit(128 + constants.signals[signal])
    return
  }
  const all = services.members()
  const [speaker] = all
  if (speaker === undefined) {
    // All services were collected: the signal has its default effect.
    unlisten()
    process.kill(process.pid, signal)
    return
  }
  first = { at: now }
  // An application with its own listener decides when to exit, within the remaining time.
  const othersListen = process.listenerCount(signal) > 1
  const times = {
    drainDelay: Math.max(...all.map(({ drainDelay }) => drainDelay)),
    deadline: Math.max(...all.map(({ deadline }) => deadline)),
  }
  // The first service reports it, once.
  killAfter(times.deadline, speaker.service, speaker.fault)
  const servers = [...servedConnections()]
  void Promise.all(all.map((service) => service.end(times, servers, signal))).then((reports) => {
    if (othersListen) exitLater(reports, now + exitAfter(times))
    else process.exit(exitCode(reports))
  })
}

/** The application's exit code or zero, unless a connection was cut or a hook failed. */
function exitCode(reports: readonly ShutdownReport[]): number | string {
  return reports.every(({ clean }) => clean) ? (process.exitCode ?? 0) : process.exitCode || 1
}

/** Leaves the exit to the application until the deadline. */
function exitLater(reports: readonly ShutdownReport[], at: number): void {
  process.exitCode = exitCode(reports)
  setTimeout(() => process.exit(), Math.max(0, at - performance.now())).unref()
}
