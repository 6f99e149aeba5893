import { monitorEventLoopDelay } from 'node:perf_hooks'

import { checkOptions } from '../../requirements.ts'
import type { CheckFunction } from '../check.ts'
import { limit, statusBelow, type UpperLimits } from './limits.ts'

/** How often it is looked whether the event loop is late, in milliseconds. */
const RESOLUTION_MS = 20

/**
 * Looks how late the event loop was at worst since the last run, from the first run on. Limits are milliseconds. By
 * default it is degraded above 500, and never unhealthy: who is late still serves.
 *
 * @example
 * health.check('event loop', checks.eventLoop({ degradedAbove: 200 }))
 *
 * @throws {TypeError} where an option is wrong
 */
export function eventLoop(limits: UpperLimits = {}): CheckFunction {
  checkOptions(limits, { degradedAbove: limit, unhealthyAbove: limit }, 'checks.eventLoop')
  const { degradedAbove = 500, unhealthyAbove = Infinity } = limits
  let histogram: ReturnType<typeof monitorEventLoopDelay> | undefined
  return Object.assign(check, {
    suits: { kind: 'system' } as const,
    close: () => {
      histogram?.disable()
      histogram = undefined
    },
  })

  function check() {
    const delayMs = worstDelay()
    const status = statusBelow(delayMs, { degradedAbove, unhealthyAbove })
    const reason = `the event loop was ${Math.round(delayMs)} ms late`
    return { status, ...(status !== 'healthy' && { reason }), details: { delayMs } }
  }

  function worstDelay(): number {
    if (histogram === undefined) {
      histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS })
      histogram.enable()
      return 0
    }
    const { count, max } = histogram
    histogram.reset()
    // What is measured, in nanoseconds, is the time from one look to the next.
    return count === 0 ? 0 : Math.max(0, max / 1e6 - RESOLUTION_MS)
  }
}
