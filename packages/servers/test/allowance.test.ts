import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, it } from '@jest/globals'

import { Allowance } from '../src/index.ts'

/** Runs a program that needs a processor for some time. Resolves to how long it took, and what it was allowed. */
async function worked(allowedMs: number): Promise<{ tookMs: number; boundMs: number }> {
  const allowance = new Allowance()
  const start = performance.now()
  await once(spawn(process.execPath, ['-e', 'for (let n = 0; n < 2e8; n++);']), 'exit')
  const tookMs = performance.now() - start
  return { tookMs, boundMs: allowance.of(allowedMs) }
}

it('never takes away from a bound, and grows where others keep the processors busy', async () => {
  const { tookMs, boundMs } = await worked(1)
  expect(boundMs).toBeGreaterThanOrEqual(1)
  // As much as this machine, as busy as it is, needs for the program.
  const alone = tookMs / boundMs

  const others: ChildProcess[] = []
  try {
    for (let n = 0; n < 6; n++) others.push(spawn(process.execPath, ['-e', 'for (;;);']))
    await Promise.all(others.map((other) => once(other, 'spawn')))
    const beside = await worked(3 * alone)
    expect(beside.tookMs).toBeLessThan(beside.boundMs)
    expect(beside.boundMs).toBeGreaterThan(3 * alone)
  } finally {
    for (const other of others) other.kill('SIGKILL')
  }
})
