import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

import type { Logger } from 'pino'

import { isDoneWithin } from '../context/within.ts'
import { type ShutdownHooks } from './hooks.ts'
import type { Cut, ServedConnections } from './served.ts'

/** The time behind the drain delay is divided so, in order that no step can take the time of the ones behind it. */
const REQUESTS_SHARE = 0.7
const HOOKS_SHARE = 0.85
/** How long sinks and destinations may take to flush and close. */
export const CLOSE_MS = 3_000
/** What the end of the process itself may take, as a share and at most: its last lines have to be written. */
const EXIT_SHARE = 0.1
const EXIT_MAX_MS = 500
const SWEEP_MS = 50

/** How long an end takes, in milliseconds. */
export interface EndingTimes {
  /** For how long the service serves on. */
  readonly drainDelay: number
  /** From the beginning to the end. */
  readonly deadline: number
}

/** What ends. */
export interface Ending extends EndingTimes {
  readonly log: Logger
  readonly hooks: ShutdownHooks
  /** Has readiness say no, and tells whoever asked to know. */
  begin(): void
  /** Writes what waits for its destinations. */
  flush(ms: number): Promise<void>
}

/** How a shutdown went. */
export interface ShutdownReport {
  readonly durationMs: number
  /** Requests, event streams and upgraded connections that had to be cut. */
  readonly cut: Cut
  /** Hooks that threw. */
  readonly failedHooks: readonly string[]
  /** Hooks that did not end within their time. */
  readonly hungHooks: readonly string[]
  /** Whether every request got its answer and every hook succeeded in time. Streams have to be cut: they do not count. */
  readonly clean: boolean
}

/**
 * The graceful end: traffic is turned away, what has been accepted is answered, hooks run, destinations are flushed, all
 * of it within one deadline. Never rejects.
 */
export async function shutDown(
  ending: Ending,
  servers: Iterable<ServedConnections>,
  signal?: NodeJS.Signals,
): Promise<ShutdownReport> {
  const { log, drainDelay, deadline, hooks } = ending
  const start = performance.now()
  const at = (share: number) => start + drainDelay + (deadline - drainDelay) * share
  ending.begin()
  log.info({ signal, drain_delay_ms: drainDelay, deadline_ms: deadline }, 'shutdown has begun')
  if (drainDelay > 0) await delay(drainDelay)
  const cuts = await Promise.all([...servers].map((served) => drained(served, at(REQUESTS_SHARE))))
  const cut = sum(cuts)
  const { failed, hung } = await hooks.run(at(HOOKS_SHARE), log)
  const inTime = cut.requests === 0 && hung.length === 0
  const clean = inTime && failed.length === 0
  const durationMs = performance.now() - start
  const fields = {
    duration_ms: Math.round(durationMs),
    requests_cut: cut.requests,
    streams_cut: cut.streams,
    upgraded_cut: cut.upgraded,
  }
  if (clean) log.info(fields, 'shutdown has ended')
  else if (inTime) log.error({ ...fields, failed_hooks: failed }, 'shutdown has ended, but hooks have failed')
  else log.error(fields, 'shutdown has cut what did not end in time')
  const flushMs = exitAfter(ending) - (performance.now() - start)
  await ending.flush(Math.min(CLOSE_MS, Math.max(0, flushMs)))
  return { durationMs, cut, failedHooks: failed, hungHooks: hung, clean }
}

/** After how many milliseconds the process has to begin to exit, so that it is gone at the deadline. */
export function exitAfter({ drainDelay, deadline }: EndingTimes): number {
  return deadline - Math.min(EXIT_MAX_MS, (deadline - drainDelay) * EXIT_SHARE)
}

/** Lets a server end what it has accepted. */
async function drained(served: ServedConnections, until: number): Promise<Cut> {
  const closed = served.refuse()
  const cuts = [served.sweep()]
  const sweeping = setInterval(() => cuts.push(served.sweep()), SWEEP_MS)
  const isClosed = await isDoneWithin(until - performance.now(), () => closed)
  clearInterval(sweeping)
  if (!isClosed) cuts.push(served.cut())
  return sum(cuts)
}

function sum(cuts: readonly Cut[]): Cut {
  const total = (of: (cut: Cut) => number) => cuts.reduce((all, cut) => all + of(cut), 0)
  return {
    requests: total(({ requests }) => requests),
    streams: total(({ streams }) => streams),
    upgraded: total(({ upgraded }) => upgraded),
  }
}
