import { totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'

import { checkOptions } from '../../requirements/requirements.ts'
import type { CheckFunction } from '../check.ts'
import { limit, statusBelow, type UpperLimits } from './limits.ts'

/**
 * Checks the memory of the process against its limit (the container's, or the machine's memory), and the use
 * of V8's heap. Limits are shares from 0 to 1. By default it is degraded above 0.9 and never unhealthy:
 * removing a replica gives the others more load.
 *
 * @example
 * health.check('memory', checks.memory({ degradedAbove: 0.8 }))
 *
 * @throws {TypeError} if an option is wrong
 */
export function memory(limits: UpperLimits = {}): CheckFunction {
  checkOptions(limits, { degradedAbove: limit, unhealthyAbove: limit }, 'checks.memory')
  const { degradedAbove = 0.9, unhealthyAbove = Infinity } = limits
  return Object.assign(check, { suits: { kind: 'system' } as const })

  function check() {
    const rssBytes = process.memoryUsage.rss()
    const limitBytes = memoryLimit()
    const { used_heap_size: heapBytes, heap_size_limit: heapLimitBytes } = getHeapStatistics()
    const held = rssBytes / limitBytes
    const filled = heapBytes / heapLimitBytes
    const status = statusBelow(Math.max(held, filled), { degradedAbove, unhealthyAbove })
    const reason = `${percent(held)} of the memory is held, ${percent(filled)} of the heap is filled`
    return {
      status,
      ...(status !== 'healthy' && { reason }),
      details: { rssBytes, limitBytes, heapBytes, heapLimitBytes },
    }
  }
}

/** The container's limit is unknown on some systems. Without a limit it is a huge number. */
function memoryLimit(): number {
  return Math.min(process.constrainedMemory() || Infinity, totalmem())
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`
}
