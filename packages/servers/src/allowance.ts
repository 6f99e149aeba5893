import { readFileSync } from 'node:fs'

/** What the known work takes on the idle machine on which the bounds of our suites were found. */
const KNOWN_WORK_MS = 25
/** Where processors are contended all the time, an allowance grows to this many times what it is, not beyond. */
const LEAST_FREE_SHARE = 1 / 20

/** How many times longer a known piece of work takes here and now than on an idle machine. At least 1. */
export function slowness(): number {
  const start = performance.now()
  let sum = 0
  for (let n = 0; n < 5e6; n++) sum = (sum * 31 + n) | 0
  const tookMs = performance.now() - start
  return Number.isNaN(sum) ? Number.NaN : Math.max(1, tookMs / KNOWN_WORK_MS)
}

/**
 * Milliseconds for which work on this machine had to wait for a processor, since the machine was started. Stands still
 * where the kernel does not tell: there {@link slowness} alone says that others are at work.
 *
 * @see https://docs.kernel.org/accounting/psi.html
 */
function contendedMs(): number {
  try {
    const [, microseconds] = /^some .*total=(\d+)$/m.exec(readFileSync('/proc/pressure/cpu', 'utf8')) ?? []
    return Number(microseconds ?? 0) / 1_000
  } catch {
    return 0
  }
}

/**
 * What a promise about time allows on the machine at hand: begun with what is measured, asked when that has ended. A bound
 * that was found on an idle machine grows by how much slower this one is, and by the share of the time in which other
 * work kept the processors from what is measured. On an idle machine it stays as it is.
 *
 * @example
 * const allowance = new Allowance()
 * child.kill('SIGTERM')
 * const { afterMs } = await service.exit()
 * expect(afterMs).toBeLessThan(allowance.of(2_000))
 */
export class Allowance {
  readonly #slownessBefore = slowness()
  readonly #contendedBefore = contendedMs()
  readonly #start = performance.now()

  /** @param ms what an idle machine is allowed */
  of(ms: number): number {
    const elapsedMs = performance.now() - this.#start
    const freeShare = 1 - (contendedMs() - this.#contendedBefore) / elapsedMs
    return (ms * Math.max(this.#slownessBefore, slowness())) / Math.max(LEAST_FREE_SHARE, freeShare)
  }
}
