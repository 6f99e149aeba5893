import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable } from 'node:stream'

import { afterEach, beforeEach, expect, test } from '@jest/globals'

import { sqliteStore } from '../../src/store/sqlite/store.ts'
import { ALWAYS, allPages, EVERYTHING, LIMITS, traceId } from './events/samples.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'store-'))
})
afterEach(() => rm(folder, { recursive: true }))

const openStore = () => sqliteStore({ folder, maxDisk: 2 ** 30, retention: 86_400_000, seriesPerJob: 1000 })

/** A process that writes until it is killed, and prints how many events it has committed. */
function startWriter(first: number): ChildProcessByStdio<null, Readable, null> {
  const flags = [
    '--disable-warning=ExperimentalWarning',
    '--experimental-strip-types',
    '--conditions=@sightline/source',
  ]
  const program = `${import.meta.dirname}/fixtures/endless-writer.ts`
  return spawn(process.execPath, [...flags, program, folder, String(first)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
}

test('a killed process loses nothing that it has committed, and the next one goes on with its file', async () => {
  let committed = 0
  for (let round = 0; round < 3; round++) {
    const child = startWriter(committed)
    let commits = 0
    for await (const line of createInterface({ input: child.stdout })) {
      committed = Number(line)
      // Each round ends at another place between small and large commits. Lines that are under way count too.
      if (++commits === 20 + round) child.kill('SIGKILL')
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
    const reader = openStore().openReader()
    const bodies = new Set((await allPages(reader, { limit: 1000 })).map(({ body }) => body))
    const missing = Array.from({ length: committed }, (_, n) => n).filter((n) => !bodies.has(`line ${n}`))
    expect(missing).toEqual([])
    // The last commit may be one that was not told any more.
    expect(bodies.size).toBeGreaterThanOrEqual(committed)
    for (const n of [0, Math.floor(committed / 2), committed - 1])
      expect(await reader.trace(traceId(n))).not.toEqual([])
    reader.close()
    committed = bodies.size
  }
  expect(readdirSync(join(folder, 'events')).filter((file) => file.endsWith('.db'))).toHaveLength(1)
})

test('a tail follows another process that writes, without gaps and repetitions', async () => {
  const reader = openStore().openReader()
  const child = startWriter(0)
  const found: number[] = []
  const search = { ...ALWAYS, ...LIMITS, where: EVERYTHING }
  let cursor = (await reader.logs(search)).tail
  const follow = async (limit: number) => {
    const page = await reader.logs({ ...search, after: cursor, limit })
    cursor = page.next
    found.push(...page.items.map(({ body }) => Number(String(body).split(' ')[1])))
    return page.items.length
  }
  let commits = 0
  let committed = 0
  for await (const line of createInterface({ input: child.stdout })) {
    committed = Number(line)
    // The writer does not wait for these pages.
    await follow(500)
    if (++commits === 30) child.kill('SIGKILL')
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
  while ((await follow(1000)) > 0);
  reader.close()
  expect(found.length).toBeGreaterThanOrEqual(committed)
  expect(found.toSorted((a, b) => a - b)).toEqual(Array.from(found, (_, n) => n))
})
