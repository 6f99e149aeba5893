import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

import type { Logger } from 'pino'

import { isDoneWithin } from '../context/within.ts'
import { CLOSE_MS, type EndingTimes, exitAfter, HOOKS_SHARE, REQUESTS_SHARE } from './budget.ts'
import { type ShutdownHooks } from './hooks.ts'
import type { Cut, ServedConnections } from './served.ts'

const SWEEP_MS = 50

/** A service in shutdown. */
export interface Ending extends EndingTimes {
  readonly log: Logger
  readonly hooks: ShutdownHooks
  /** Makes readiness fail, and notifies the application. */
  begin(): void
  flush(ms: number): Promise<void>
}

/** The result of a shutdown. */
export interface ShutdownReport {
  readonly durationMs: number
  /** Requests, event streams and upgraded connections that were cut. */
  readonly cut: Cut
  readonly failedHooks: readonly string[]
  /** Hooks that exceeded their time. */
  readonly hungHooks: readonly string[]
  /**
   * Whether each request was answered and each hook succeeded in time. Streams do not count, since they must
   * be cut.
   */
  readonly clean: boolean
}

/**
 * The graceful shutdown: fails readiness, answers the accepted requests, runs hooks and flushes destinations,
 * within one deadline. Never rejects.
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

/** Waits for a server to finish its accepted requests. */
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
