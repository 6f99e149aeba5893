import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server, type Socket } from 'node:net'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

const CRASH = fileURLToPath(new URL('fixtures/crash.ts', import.meta.url))

/** Takes whatever it is sent, and never answers. */
let blackHole: Server
const connections = new Set<Socket>()

beforeEach(async () => {
  blackHole = createServer((socket) => {
    connections.add(socket.on('error', () => {}).resume())
    socket.once('data', () => blackHole.emit('fed'))
  }).listen(0, '127.0.0.1')
  await once(blackHole, 'listening')
})
afterEach(async () => {
  for (const socket of connections) socket.destroy()
  connections.clear()
  blackHole.close()
  await once(blackHole, 'close')
})

/** Runs the fixture, and has it die: with a collector, while that has a delivery that it does not answer. */
async function run(collector: 'a black hole' | 'none', way: string) {
  const url = `http://127.0.0.1:${(blackHole.address() as AddressInfo).port}`
  const fed = collector === 'none' ? Promise.resolve() : once(blackHole, 'fed')
  const child = spawn(
    process.execPath,
    [
      '--experimental-strip-types',
      '--no-warnings',
      '--conditions=@sightline/source',
      CRASH,
      collector === 'none' ? collector : url,
      way,
    ],
    { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] },
  )
  const [out, err, exit] = [text(child.stdout!), text(child.stderr!), once(child, 'exit')]
  await fed
  child.send('die')
  await exit
  const lines = (await out)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)
  return {
    end: { code: child.exitCode, signal: child.signalCode, cause: /^Error: .*$/m.exec(await err)?.[0] },
    fatal: lines.filter(({ level }) => level === 'fatal').map(({ msg }) => msg),
    livedOn: lines.some(({ msg }) => msg === 'another turn of the event loop'),
    numbers: lines.flatMap(({ line }) => (line === undefined ? [] : [line])),
  }
}

describe('a process whose collector does not answer', () => {
  it.each([
    ['an exception', ['uncaught exception']],
    ['a rejection', ['unhandled rejection']],
    ['process.exit', []],
  ])(
    'ends by %s as it would have without one, without waiting for it, with all its lines',
    async (way, fatal) => {
      const held = await run('a black hole', way)
      const free = await run('none', way)
      expect(held.end).toEqual(free.end)
      expect(held.end.code).toBeGreaterThan(0)
      expect(held.livedOn).toBe(false)
      expect(held.fatal).toEqual(fatal)
      expect(held.numbers).toEqual(Array.from({ length: 2_000 }, (_, line) => line))
    },
  )
})
