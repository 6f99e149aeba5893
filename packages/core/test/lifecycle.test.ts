import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { createSightline, type Sightline } from '@sightline/core'

import { Folder, linesOf, textOf } from './logging-process.ts'
import { endsByItself } from './natural-exit.ts'

const FIXTURE = fileURLToPath(new URL('fixtures/lifecycle.ts', import.meta.url))
/** Root may make a namespace of processes; others may in a namespace of users. */
const NAMESPACE = [
  '--pid',
  '--fork',
  '--kill-child',
  ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
]

/** Flags of node, which then refuses to make threads, and from version 25 on connections too if it is not told otherwise. */
const NO_THREADS = [
  '--permission',
  '--allow-fs-read=*',
  ...(process.allowedNodeEnvironmentFlags.has('--allow-net') ? ['--allow-net'] : []),
]

interface EndOptions {
  readonly env?: Record<string, string>
  /** More of the flags of node. */
  readonly flags?: readonly string[]
  /** Whether it is the first process of a namespace. */
  readonly isFirst?: boolean
}

/** A process of the fixture, and how it ends. */
async function end(
  way: string,
  act: (child: ChildProcess, message: unknown) => unknown,
  { env = {}, flags = [], isFirst = false }: EndOptions = {},
) {
  const { JEST_WORKER_ID: _, NODE_ENV: __, ...inherited } = process.env
  const node = [
    process.execPath,
    '--experimental-strip-types',
    '--no-warnings',
    '--conditions=@sightline/source',
    ...flags,
  ]
  const [command, ...args] = [...(isFirst ? ['unshare', ...NAMESPACE] : []), ...node, FIXTURE, way]
  const child = spawn(command, args, {
    env: { ...inherited, ...env },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  })
  const text = textOf(child.stdout as NodeJS.ReadableStream)
  const complaints = textOf(child.stderr as NodeJS.ReadableStream)
  const exit = once(child, 'exit')
  // What it is about to be ready for may also be its end.
  const [message] = (await Promise.race([once(child, 'message'), exit])) as unknown[]
  const start = performance.now()
  await act(child, message)
  const [code, signal] = await exit
  const afterMs = performance.now() - start
  const lines = await text
  const said = lines === '' ? [] : linesOf(lines).map(({ msg }) => msg)
  return { code, signal, afterMs, said, errors: await complaints }
}

const sigterm = (child: ChildProcess) => void child.kill('SIGTERM')

/** Has a request under way when the signal comes. */
async function stopWhileAsked(child: ChildProcess, port: unknown): Promise<void> {
  const asked = once(child, 'message')
  const reply = fetch(`http://127.0.0.1:${String(port)}/`)
  await asked
  child.kill('SIGTERM')
  expect(await (await reply).text()).toBe('late')
}

describe('a process', () => {
  it('ends by itself as soon as it would have without the kit', async () => {
    await end('natural exit', endsByItself)
  })

  it('dies of a signal as before where nobody has asked', async () => {
    expect(await end('not asked', sigterm)).toMatchObject({ code: null, signal: 'SIGTERM' })
  })

  it('ends gracefully at a signal, with the exit code that the application has set', async () => {
    const { code, said } = await end('exit code', sigterm)
    expect(code).toBe(3)
    expect(said).toEqual(['shutdown has begun', 'database closed', 'shutdown has ended'])
  })

  it('leaves the exit to a handler of the application’s own', async () => {
    const { code, said } = await end('own handler that exits', sigterm)
    expect(code).toBe(5)
    expect(said.filter((line) => line === 'own handler')).toHaveLength(1)
  })

  it('exits at the deadline where the application’s own handler does not', async () => {
    // Without threads, the exit and the kill are timers of one event loop, in the same order on any machine.
    const { code, said, afterMs } = await end('own handler that only looks', sigterm, {
      flags: NO_THREADS,
      env: { SIGHTLINE_SHUTDOWN_DEADLINE: '3000' },
    })
    expect(code).toBe(0)
    expect(afterMs).toBeGreaterThan(2_500)
    expect(said).toEqual([
      'sightline: the thread of the deadline failed; further failures of it are not logged',
      'shutdown has begun',
      'own handler',
      'database closed',
      'shutdown has ended',
    ])
  })

  it('lets nobody in where it begins to listen too late', async () => {
    const { code, said } = await end('start-up', sigterm, { env: { SIGHTLINE_DRAIN_DELAY: '500' } })
    expect(code).toBe(0)
    expect(said).toEqual(['shutdown has begun', 'database closed', 'shutdown has ended'])
  })

  it('answers whom it has let in where it may not make the thread that holds the deadline, and says so', async () => {
    const { code, said } = await end('request under way', stopWhileAsked, {
      flags: NO_THREADS,
    })
    expect(code).toBe(0)
    expect(said).toEqual([
      'sightline: the thread of the deadline failed; further failures of it are not logged',
      'shutdown has begun',
      'database closed',
      'shutdown has ended',
    ])
  })

  it('is killed at the deadline all the same where it may not make that thread', async () => {
    const { code, signal, said, afterMs } = await end('exit that does nothing', sigterm, {
      flags: NO_THREADS,
      env: { SIGHTLINE_SHUTDOWN_DEADLINE: '3000' },
    })
    expect({ code, signal }).toEqual({ code: null, signal: 'SIGKILL' })
    expect(said).toContain('shutdown has ended')
    expect(afterMs).toBeGreaterThan(2_900)
  })

  it('loads what is loaded before it once, and not for the thread that holds the deadline', async () => {
    using folder = new Folder()
    const file = join(folder.path, 'preload.cjs')
    writeFileSync(file, `process.stderr.write('loaded\\n')`)
    const { code, errors } = await end('listens', sigterm, {
      flags: ['--require', file],
      env: { SIGHTLINE_DRAIN_DELAY: '1000' },
    })
    expect(code).toBe(0)
    expect(errors).toBe('loaded\n')
  })

  it('takes two signals at once for one, which is how package managers pass them on', async () => {
    const { code, said } = await end('listens', (child) => {
      // Both are pending when it goes on: a pause of this process cannot come between them.
      for (const signal of ['SIGSTOP', 'SIGINT', 'SIGTERM', 'SIGCONT'] as const) child.kill(signal)
    })
    expect(code).toBe(0)
    expect(said).toContain('shutdown has ended')
  })

  it('ends all of its services before it exits', async () => {
    const { code, said } = await end('two services', sigterm)
    expect(code).toBe(0)
    expect(said).toEqual(expect.arrayContaining(['database closed', 'queue closed']))
    expect(said.filter((line) => line === 'shutdown has ended')).toHaveLength(2)
  })

  it('ends as the first process of a container, where signals do nothing by themselves', async () => {
    const { code, said } = await end(
      'listens',
      (child) => {
        // What the process is called outside of its namespace.
        const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
        process.kill(Number(children.trim()), 'SIGTERM')
      },
      { isFirst: true },
    )
    expect(code).toBe(0)
    expect(said).toContain('shutdown has ended')
  })
})

describe('shutdown by hand', () => {
  const lines: string[] = []
  let sightline: Sightline

  beforeEach(() => {
    lines.length = 0
    // Under a test runner nothing is watched that was not asked for.
    process.env.SIGHTLINE_LIFECYCLE = 'true'
    sightline = createSightline({
      service: 'by hand',
      log: { destination: { write: (line) => void lines.push(line) } },
      lifecycle: { deadline: 5_000 },
    })
  })

  afterEach(async () => {
    delete process.env.SIGHTLINE_LIFECYCLE
    await sightline.close()
  })

  it('closes the server, runs the hooks, and reports', async () => {
    const server = createServer((_req, res) => res.end('hello'))
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const ran: string[] = []
    sightline.onShutdown('first', () => void ran.push('first'))
    sightline.onShutdown('second', () => void ran.push('second'))
    sightline.onShutdown('throws', () => {
      throw new Error('closed already')
    })
    const { port } = server.address() as AddressInfo
    expect(await (await fetch(`http://127.0.0.1:${port}/`)).text()).toBe('hello')
    expect(await sightline.health.ready()).toBe('healthy')
    const report = sightline.shutdown(server)
    expect(sightline.shutdown(server)).toBe(report)
    expect(sightline.stopping.aborted).toBe(true)
    expect(await sightline.health.ready()).toBe('unhealthy')
    expect(await sightline.health.live()).toBe('healthy')
    expect(await report).toMatchObject({
      clean: false,
      cut: { requests: 0, streams: 0, upgraded: 0 },
      failedHooks: ['throws'],
      hungHooks: [],
    })
    expect(ran).toEqual(['second', 'first'])
    expect(server.listening).toBe(false)
  })

  it('leaves other servers alone where it is given one', async () => {
    const [mine, other] = [createServer(), createServer((_req, res) => res.end('still here'))]
    for (const server of [mine, other]) {
      server.listen(0, '127.0.0.1')
      await once(server, 'listening')
    }
    await sightline.shutdown(mine)
    const { port } = other.address() as AddressInfo
    expect(
      await (await fetch(`http://127.0.0.1:${port}/`, { headers: { connection: 'close' } })).text(),
    ).toBe('still here')
    other.close()
  })

  it('answers within its deadline where a hook hangs and a request never ends', async () => {
    const server = createServer(() => {})
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const asked = fetch(`http://127.0.0.1:${port}/`).catch((error: unknown) => error)
    await once(server, 'request')
    sightline.onShutdown('hangs', () => new Promise(() => {}), { timeout: 100 })
    const report = await sightline.shutdown(server)
    expect(report).toMatchObject({ clean: false, cut: { requests: 1 }, hungHooks: ['hangs'] })
    expect(await asked).toBeInstanceOf(Error)
  })

  it('waits for destinations no longer than its deadline lets it, whoever has begun to close them', async () => {
    const slow = createSightline({
      service: 'slow',
      log: { level: 'silent' },
      lifecycle: { deadline: 1_000 },
      sinks: [{ name: 'collector', write() {}, close: () => new Promise<void>(() => {}) }],
    })
    const ended: string[] = []
    // By itself it takes 3 s.
    const closed = slow.close().then(() => ended.push('close'))
    const shutdown = slow.shutdown(createServer()).then(() => ended.push('shutdown'))
    await Promise.all([closed, shutdown])
    expect(ended).toEqual(['shutdown', 'close'])
  })

  it('flushes all destinations at the same time', async () => {
    const both = Promise.withResolvers<void>()
    let closing = 0
    // Neither ends before the other has begun.
    const close = () => {
      if (++closing === 2) both.resolve()
      return both.promise
    }
    const sink = (name: string) => ({ name, write() {}, close })
    const said: string[] = []
    const two = createSightline({
      log: { destination: { write: (line) => void said.push(line) } },
      sinks: [sink('one'), sink('other')],
    })
    await two.close()
    expect([closing, said]).toEqual([2, []])
  })

  it('finishes the streams of HTTP/2, ends those of events, and cuts those that never end', async () => {
    const server = http2.createServer((req, res) => {
      if (req.url === '/slow') setTimeout(() => res.end('slow'), 200)
      else if (req.url === '/events') {
        res.writeHead(200, { 'content-type': 'text/event-stream' })
        const ticking = setInterval(() => res.write('tick'), 10)
        res.on('close', () => clearInterval(ticking))
      }
    })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    const { port } = server.address() as AddressInfo
    const client = http2.connect(`http://127.0.0.1:${port}`)
    client.on('error', () => {})
    const ask = (path: string) => client.request({ ':path': path }).on('error', () => {})
    const slow = textOf(ask('/slow'))
    const events = ask('/events').resume()
    ask('/never')
    for (let asked = 0; asked < 3; asked++) await once(server, 'request')
    const ended = once(events, 'end')
    const report = sightline.shutdown(server)
    expect(await slow).toBe('slow')
    await ended
    expect(await report).toMatchObject({ clean: false, cut: { requests: 1, streams: 1 } })
  })

  it.each([
    [['', () => {}], 'Sightline: onShutdown needs a name for the log, but got ""'],
    [['database', 'pool'], 'Sightline: onShutdown database needs a function, but got pool'],
    [
      ['database', () => {}, { timeout: 0 }],
      'Sightline: the timeout of onShutdown database is 0, but must be milliseconds above 0',
    ],
  ])('refuses %j', (args, message) => {
    expect(() => Reflect.apply(sightline.onShutdown, sightline, args)).toThrow(new TypeError(message))
  })

  it('refuses a drain delay that leaves no time for anything else', () => {
    expect(() => createSightline({ lifecycle: { drainDelay: 10_000 } })).toThrow(
      'Sightline: lifecycle.drainDelay is 10000 ms, but must be below lifecycle.deadline, which is 10000 ms: the deadline covers the delay',
    )
  })
})
