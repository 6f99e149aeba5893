import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

import { expect, it } from '@jest/globals'

import { Allowance } from '../src/index.ts'

/** Runs a CPU-bound program. Resolves to its duration and its bound. */
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
  // The program's need on this machine at its present load.
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
