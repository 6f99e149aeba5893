import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { type Hub, startHub } from '../../src/index.ts'
import { logsBody, pointBody, spansBody, traceIdOf } from './bodies.ts'

const DISK_BYTES = 12 * 1_048_576
let folder = ''
let hub: Hub
const lines: string[] = []

beforeEach(async () => {
  if (process.getuid?.() !== 0)
    throw new Error('This test mounts a small disk, which only root can: run it as root')
  folder = mkdtempSync(join(tmpdir(), 'hub-full-'))
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', folder])
  lines.length = 0
  const log = (level: string, message: string) => void lines.push(`${level} ${message}`)
  hub = await startHub({ folder, port: 0, eventThreads: 1, log })
})
afterEach(async () => {
  if (folder === '') return
  await hub.close()
  execFileSync('umount', ['--lazy', folder])
  rmSync(folder, { recursive: true })
})

const post = async (path: string, body: Uint8Array<ArrayBuffer>) => {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(hub.url + path, { method: 'POST', headers, body })
  await response.arrayBuffer()
  return response
}

test('a full disk gives 503 with Retry-After, loses nothing that was acknowledged, and storing goes on afterwards', async () => {
  expect((await post('/v1/traces', spansBody({ trace: 1 }))).status).toBe(200)
  const filler = join(folder, 'filler')
  expect(() => writeFileSync(filler, Buffer.alloc(DISK_BYTES))).toThrow('ENOSPC')

  const stored: number[] = [1]
  let refused: Response | undefined
  for (let trace = 2; refused === undefined; trace++) {
    const response = await post('/v1/traces', spansBody({ trace, spans: 100 }))
    if (response.status === 200) stored.push(trace)
    else refused = response
  }
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([503, '10'])
  let points = 200
  for (let time = Date.now(); points === 200; time++)
    points = (await post('/v1/metrics', pointBody(`m${time}`, time, 1))).status
  expect(points).toBe(503)
  expect((await fetch(`${hub.url}/health/live`)).status).toBe(200)
  expect(lines.filter((line) => line.startsWith('error The disk of the hub is full.'))).toHaveLength(2)

  rmSync(filler)
  expect((await post('/v1/logs', logsBody(1))).status).toBe(200)
  expect((await post('/v1/traces', spansBody({ trace: 1_000_000 }))).status).toBe(200)
  expect((await post('/v1/metrics', pointBody('after', Date.now(), 1))).status).toBe(200)
  for (const trace of [...stored, 1_000_000])
    expect([trace, (await fetch(`${hub.url}/api/traces/${traceIdOf(trace)}`)).status]).toEqual([trace, 200])
  expect(lines.filter((line) => line === 'info The hub can store again.')).toHaveLength(2)
})
