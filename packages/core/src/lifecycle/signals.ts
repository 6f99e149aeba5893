import { constants } from 'node:os'
import { performance } from 'node:perf_hooks'
import { isMainThread } from 'node:worker_threads'

import type { FaultReporter } from '../fault.ts'
import { killAfter } from './killer.ts'
import { type Place, Roster } from './roster.ts'
import { type ServedConnections, servedConnections } from './served.ts'
import { type EndingTimes, exitAfter, type ShutdownReport } from './shutdown.ts'

/** A service that ends when a signal comes. */
export interface Service extends EndingTimes {
  readonly service: string
  readonly fault: FaultReporter
  /** Ends it. Never rejects. */
  end(
    times: EndingTimes,
    servers: Iterable<ServedConnections>,
    signal: NodeJS.Signals,
  ): Promise<ShutdownReport>
}

/** Package managers pass on a signal that the terminal has sent to the process already: that is no second one. */
const ECHO_MS = 50

// A process has one set of signals, however many services live in it: they end together.
const services = new Roster<Service>()
const handled = new Set<NodeJS.Signals>()
let first: { readonly at: number } | undefined

/** Ends the process gracefully when a signal comes, together with all others that have asked for it. */
export function endOnSignals(service: Service, signals: readonly NodeJS.Signals[]): Place {
  // Signals reach the main thread only.
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
      // Once the process has begun to end, a second signal still has to be heard.
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
    // All services were let go of and collected: the signal does what it would have done without a listener.
    unlisten()
    process.kill(process.pid, signal)
    return
  }
  first = { at: now }
  // An application that listens for the signal itself has its own idea of when to exit: it gets the time that there is.
  const othersListen = process.listenerCount(signal) > 1
  const times = {
    drainDelay: Math.max(...all.map(({ drainDelay }) => drainDelay)),
    deadline: Math.max(...all.map(({ deadline }) => deadline)),
  }
  // Told once, by the first.
  killAfter(times.deadline, speaker.service, speaker.fault)
  const servers = [...servedConnections()]
  void Promise.all(all.map((service) => service.end(times, servers, signal))).then((reports) => {
    if (othersListen) exitLater(reports, now + exitAfter(times))
    else process.exit(exitCode(reports))
  })
}

/** Zero, or what the application has set, unless something was cut off or a hook has failed. */
function exitCode(reports: readonly ShutdownReport[]): number | string {
  return reports.every(({ clean }) => clean) ? (process.exitCode ?? 0) : process.exitCode || 1
}

/** Lets the application exit, by itself or by a handler of its own, before the deadline does it. */
function exitLater(reports: readonly ShutdownReport[], at: number): void {
  process.exitCode = exitCode(reports)
  setTimeout(() => process.exit(), Math.max(0, at - performance.now())).unref()
}
