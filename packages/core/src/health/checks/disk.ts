import { statfs } from 'node:fs/promises'

import { checkOptions, shown, text } from '../../requirements/requirements.ts'
import type { CheckFunction } from '../check.ts'
import { limit } from './limits.ts'

/** Minimum free space. A limit below 1 is a share of the disk, any other a number of bytes. */
export interface DiskLimits {
  /** Degraded below this. Default: 0.1. */
  readonly degradedBelow?: number
  /** Unhealthy below this. Default: 10 MiB. */
  readonly unhealthyBelow?: number
}

/**
 * Checks the free space at a path, as available to users other than root.
 *
 * @example
 * health.check('uploads', checks.disk('/var/uploads', { degradedBelow: 0.2 }))
 *
 * @throws {TypeError} if the path or an option is wrong
 */
export function disk(path: string, limits: DiskLimits = {}): CheckFunction {
  if (text(path) !== undefined)
    throw new TypeError(
      `Sightline: the path of checks.disk is ${shown(path)}, but must be a text that is not empty`,
    )
  checkOptions(limits, { degradedBelow: limit, unhealthyBelow: limit }, 'checks.disk')
  const { degradedBelow = 0.1, unhealthyBelow = 10 * 2 ** 20 } = limits
  return Object.assign(check, { suits: { kind: 'system' } as const })

  async function check() {
    const { bsize, blocks, bfree, bavail } = await statfs(path)
    // Counts like `df`: space reserved for root is neither free nor used.
    const freeBytes = bavail * bsize
    const totalBytes = (blocks - bfree + bavail) * bsize
    const isBelow = (least: number) => (least < 1 ? freeBytes < least * totalBytes : freeBytes < least)
    const status = isBelow(unhealthyBelow) ? 'unhealthy' : isBelow(degradedBelow) ? 'degraded' : 'healthy'
    const reason = `${freeBytes} of ${totalBytes} bytes are free`
    return {
      status,
      ...(status !== 'healthy' && { reason }),
      details: { path, freeBytes, totalBytes },
    } as const
  }
}
