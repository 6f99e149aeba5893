import { readFileSync } from 'node:fs'

/** Duration of the known work on the idle machine where the bounds of our suites were measured. */
const KNOWN_WORK_MS = 25
/** Limits the growth of an allowance on a machine whose processors are always contended: 20 times. */
const LEAST_FREE_SHARE = 1 / 20

/** The slowdown of a known piece of work, compared with an idle machine. At least 1. */
export function slowness(): number {
  const start = performance.now()
  let sum = 0
  for (let n = 0; n < 5e6; n++) sum = (sum * 31 + n) | 0
  const tookMs = performance.now() - start
  return Number.isNaN(sum) ? Number.NaN : Math.max(1, tookMs / KNOWN_WORK_MS)
}

/**
 * Milliseconds since boot during which work on this machine waited for a processor. Constant where the kernel
 * does not provide it; then only {@link slowness} detects other load.
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
 * The bound of a promise about time, adapted to the machine. Create it when the measurement starts, and ask
 * it when the measurement ends. The bound grows with the slowness of the machine, and with the share of time
 * in which other work occupied the processors. On an idle machine it does not grow.
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

  /** @param ms the bound on an idle machine */
  of(ms: number): number {
    const elapsedMs = performance.now() - this.#start
    const freeShare = 1 - (contendedMs() - this.#contendedBefore) / elapsedMs
    return (ms * Math.max(this.#slownessBefore, slowness())) / Math.max(LEAST_FREE_SHARE, freeShare)
  }
}
