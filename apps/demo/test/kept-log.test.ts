import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { KeptLog } from '../src/kept-log.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'sightline-log-'))
})
afterEach(() => rm(folder, { recursive: true }))

const MOST_BYTES = 2_000

function event(request: number) {
  const fields = { status: 201, outcome: 'completed', route: '/carts/:cartId/checkout' }
  return JSON.stringify({ msg: 'request completed', trace_id: `trace-${request}`, ...fields })
}

test('counts all its lines, and keeps no more of them than two files hold', async () => {
  const log = new KeptLog(join(folder, 'service.log'), MOST_BYTES)
  for (let request = 1; request <= 1_000; request++) log.write(event(request))
  log.close()
  expect(log.digest).toMatchObject({ accessEvents: 1_000, lastCheckout: 'trace-1000' })
  const files = await readdir(folder)
  expect(files.toSorted()).toEqual(['service.log', 'service.log.1'])
  for (const file of files) {
    expect((await stat(join(folder, file))).size).toBeLessThan(MOST_BYTES + event(1_000).length + 2)
    for (const line of (await readFile(join(folder, file), 'utf8')).trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ msg: 'request completed' })
  }
})

test('finds the latest events, also those that were put aside', async () => {
  const log = new KeptLog(join(folder, 'service.log'), MOST_BYTES)
  const line = event(1)
  const perFile = Math.ceil(MOST_BYTES / line.length)
  for (let request = 1; request <= perFile; request++) log.write(event(request))
  log.close()
  expect(await readdir(folder)).toContain('service.log.1')
  expect(await log.eventsOf('trace-2')).toMatchObject([{ trace_id: 'trace-2', status: 201 }])
})

test('keeps what is no JSON, and counts nothing of it', async () => {
  const log = new KeptLog(join(folder, 'service.log'))
  log.write('(node:1) Warning: something')
  log.close()
  expect(log.digest).toMatchObject({ accessEvents: 0, failed: 0 })
  expect(await readFile(log.file, 'utf8')).toBe('(node:1) Warning: something\n')
})
