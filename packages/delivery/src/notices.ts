import { performance } from 'node:perf_hooks'

/** A message for the operator of the service. */
export interface DeliveryNotice {
  readonly level: 'info' | 'warn'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

/** Receives notices. */
export type DeliveryLog = (notice: DeliveryNotice) => void

/** Receives a fault. `source` names the failed part, such as `the spool of otlp traces`. */
export type FaultReporter = (source: string, error: unknown) => void

/**
 * Trouble or loss ends after this time without a new event, so that a flapping destination is one incident.
 */
const CALM_MS = 10_000
/** Fewer consecutive failures are not reported. */
const FAILURES_OF_TROUBLE = 3

/** Turns the events of a delivery into notices: one at the begin of trouble or loss, one at its end. */
export interface Notices {
  failed(why: string, failures: number): void
  delivered(): void
  dropped(count: number, reason: string, why?: string): void
  /** Reports the items dropped, and the items kept on disk, at close. */
  closed(dropped: number, kept: number): void
}

/** @param calmMs Time without trouble or loss after which it counts as over */
export function createNotices(
  { destination, signal, url }: { destination: string; signal: string; url: URL },
  log: DeliveryLog,
  calmMs: number = CALM_MS,
): Notices {
  const what = `${destination} ${signal}`
  // User, password and query are left out: they may hold keys.
  const where = `${url.origin}${url.pathname}`
  let trouble: { readonly since: number; last: number } | undefined
  let loss: { readonly byReason: Record<string, number>; last: number } | undefined

  const say = (level: DeliveryNotice['level'], message: string, fields: object = {}) =>
    log({ level, message: `sightline: ${message}`, fields: { destination, signal, ...fields } })

  function lossOver(): void {
    if (loss === undefined) return
    const lost = Object.values(loss.byReason).reduce((sum, count) => sum + count, 0)
    say('info', `no more ${what} are lost; ${lost} were`, { lost: loss.byReason })
    loss = undefined
  }

  return {
    failed(why, failures) {
      const now = performance.now()
      if (trouble !== undefined) trouble.last = now
      if (failures < FAILURES_OF_TROUBLE || trouble !== undefined) return
      trouble = { since: now, last: now }
      say('warn', `${what} cannot be delivered to ${where}: ${why}. They are kept and tried again`)
    },
    delivered() {
      const now = performance.now()
      if (trouble !== undefined && now - trouble.last >= calmMs) {
        say(
          'info',
          `${what} are delivered again, after ${Math.round((trouble.last - trouble.since) / 1_000)} s`,
        )
        trouble = undefined
      }
      if (loss !== undefined && now - loss.last >= calmMs) lossOver()
    },
    dropped(count, reason, why) {
      if (loss === undefined) {
        loss = { byReason: {}, last: 0 }
        const because = why === undefined ? reason : `${reason} (${why})`
        say('warn', `${what} are being lost: ${because}`, { reason, ...(why !== undefined && { why }) })
      }
      loss.last = performance.now()
      loss.byReason[reason] = (loss.byReason[reason] ?? 0) + count
    },
    closed(dropped, kept) {
      if (kept > 0) say('info', `${kept} ${what} are kept on disk for the next start`, { kept })
      if (dropped > 0)
        say('warn', `${dropped} ${what} were not delivered before the end`, { lost: { shutdown: dropped } })
      lossOver()
    },
  }
}
