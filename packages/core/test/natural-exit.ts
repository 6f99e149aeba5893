import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'

import { expect } from '@jest/globals'

/** Waits for a process that ends by itself. The test's timeout ends one that does not. */
export async function endsByItself(child: ChildProcess): Promise<void> {
  // It may have ended before it could be asked.
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  expect([child.exitCode, child.signalCode]).toEqual([0, null])
}
