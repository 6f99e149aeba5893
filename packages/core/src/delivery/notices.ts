import { performance } from 'node:perf_hooks'

/** Something that the operator of a service should read, once. */
export interface DeliveryNotice {
  readonly level: 'info' | 'warn'
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export type DeliveryLog = (notice: DeliveryNotice) => void

/** A loss is over when nothing has been lost for this long: one that comes and goes is one. */
const CALM_MS = 10_000
/** Fewer failures in a row are nothing to speak of. */
const FAILURES_OF_TROUBLE = 3

/** Turns what happens to a delivery into few words: when trouble or loss begin, and when they end. */
export interface Notices {
  failed(why: string, failures: number): void
  delivered(): void
  dropped(count: number, reason: string, why?: string): void
  /** The last word: what was left at the end, in memory and on disk. */
  closed(dropped: number, kept: number): void
}

/** @param what The destination and signal, for the texts. */
export function createNotices(
  { destination, signal, url }: { destination: string; signal: string; url: URL },
  log: DeliveryLog,
): Notices {
  const what = `${destination} ${signal}`
  // Without user, password and query, where keys may be.
  const where = `${url.origin}${url.pathname}`
  let troubleSince: number | undefined
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
      if (failures < FAILURES_OF_TROUBLE || troubleSince !== undefined) return
      troubleSince = performance.now()
      say('warn', `${what} cannot be delivered to ${where}: ${why}. They are kept and tried again`)
    },
    delivered() {
      const now = performance.now()
      if (troubleSince !== undefined) {
        say('info', `${what} are delivered again, after ${Math.round((now - troubleSince) / 1_000)} s`)
        troubleSince = undefined
      }
      if (loss !== undefined && now - loss.last > CALM_MS) lossOver()
    },
    dropped(count, reason, why) {
      if (loss === undefined) {
        loss = { byReason: {}, last: 0 }
        say('warn', `${what} are being lost: ${reason}`, { reason, ...(why !== undefined && { why }) })
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
