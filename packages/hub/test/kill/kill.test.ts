import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { expect, test } from '@jest/globals'

import { killRounds } from './rounds.ts'

test('everything that was acknowledged is there after 20 kills under load', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'hub-kill-'))
  const { acknowledged, missing } = await killRounds({ folder, rounds: 20 })
  expect(missing).toEqual([])
  expect(acknowledged).toBeGreaterThanOrEqual(20 * 30)
  rmSync(folder, { recursive: true, force: true })
}, 600_000)
