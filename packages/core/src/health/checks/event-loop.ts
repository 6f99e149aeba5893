import { performance } from 'node:perf_hooks'

import { checkOptions } from '../../requirements/requirements.ts'
import type { CheckFunction } from '../check.ts'
import { limit, statusBelow, type UpperLimits } from './limits.ts'

/** Interval of the timer that measures the delay, in milliseconds. */
const TICK_MS = 50

/**
 * Checks the maximum event loop delay since the last run, starting with the first run. Limits are
 * milliseconds. By default it is degraded above 500 and never unhealthy, since a slow service still serves.
 *
 * @example
 * health.check('event loop', checks.eventLoop({ degradedAbove: 200 }))
 *
 * @throws {TypeError} if an option is wrong
 */
export function eventLoop(limits: UpperLimits = {}): CheckFunction {
  checkOptions(limits, { degradedAbove: limit, unhealthyAbove: limit }, 'checks.eventLoop')
  const { degradedAbove = 500, unhealthyAbove = Infinity } = limits
  let clock: LatenessClock | undefined
  return Object.assign(check, {
    suits: { kind: 'system' } as const,
    close: () => {
      clock?.stop()
      clock = undefined
    },
  })

  function check() {
    clock ??= startClock()
    const delayMs = clock.worst()
    const status = statusBelow(delayMs, { degradedAbove, unhealthyAbove })
    const reason = `the event loop was ${Math.round(delayMs)} ms late`
    return { status, ...(status !== 'healthy' && { reason }), details: { delayMs } }
  }
}

interface LatenessClock {
  /** Maximum delay since the last call, in milliseconds. */
  worst(): number
  stop(): void
}

/**
 * Measures with its own timer: node's `monitorEventLoopDelay` omits the first delay after each reset, and a
 * percentile would miss one long block among thousands of short ones.
 */
function startClock(): LatenessClock {
  let worst = 0
  let due = performance.now() + TICK_MS
  const look = () => {
    worst = Math.max(worst, performance.now() - due)
  }
  const timer = setInterval(() => {
    look()
    due = performance.now() + TICK_MS
  }, TICK_MS).unref()
  return {
    worst() {
      look()
      const late = worst
      worst = 0
      // The pending timer must not report the same delay again.
      due = Math.max(due, performance.now())
      return late
    },
    stop: () => clearInterval(timer),
  }
}
