import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { expect } from '@jest/globals'
import { Allowance } from '@sightline/servers'

/**
 * Within this a process is gone that has nothing left to do: it takes some 10 ms. A timer of the kit's that held it would
 * do so for longer, for they are of seconds, or begin again and again.
 */
const AT_ONCE_MS = 1_500

/** Sees a process end by itself from now on, as soon as it would without the kit. */
export async function endsByItself(child: ChildProcess): Promise<void> {
  const allowance = new Allowance()
  const start = performance.now()
  // It may have ended before it could be asked.
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect([child.exitCode, child.signalCode]).toEqual([0, null])
  expect(performance.now() - start).toBeLessThan(allowance.of(AT_ONCE_MS))
}
