import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { lockFolder } from '../../src/store/sqlite/lock.ts'

let folder: string

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'sightline-lock-')), 'data')
})

afterEach(() => rmSync(join(folder, '..'), { recursive: true }))

/** Another process that has the lock. */
async function locked() {
  const module = new URL('../../src/store/sqlite/lock.ts', import.meta.url).href
  const program = `const { lockFolder } = await import(${JSON.stringify(module)})
    globalThis.lock = lockFolder(${JSON.stringify(folder)})
    console.log('locked')
    setInterval(() => {}, 1e6)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  await once(child.stdout, 'data')
  return child
}

test('a folder is for one hub, and for the next when it is released', () => {
  const lock = lockFolder(folder)
  expect(() => lockFolder(folder)).toThrow(
    `The data folder ${folder} is used by another hub (process ${process.pid}). A hub needs a folder of its own.`,
  )
  lock.release()
  lockFolder(folder).release()
})

test('the lock of a killed process does not remain', async () => {
  const child = await locked()
  expect(() => lockFolder(folder)).toThrow(`used by another hub (process ${child.pid})`)
  child.kill('SIGKILL')
  await once(child, 'close')
  lockFolder(folder).release()
})
