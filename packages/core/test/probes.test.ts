import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { describe, expect, it } from '@jest/globals'

import { createSightline } from '../src/index.ts'
import { Debugger } from './debugger.ts'
import { Folder } from './logging-process.ts'
import { endsByItself } from './natural-exit.ts'
import { ProbedService } from './probed-service.ts'

const WEDGED = 'event loop is wedged'
const BLOCKED = 'event loop was blocked'

describe('a service whose event loop turns', () => {
  it('answers as its checks say', async () => {
    await using service = await ProbedService.start()
    expect(await service.ask('live')).toEqual({ code: 200, status: 'healthy' })
    expect(await service.ask('startup')).toEqual({ code: 200, status: 'healthy' })
    expect(await service.ask('ready')).toEqual({ code: 200, status: 'healthy' })
    service.command('a broken database')
    expect(await service.until('ready', 'unhealthy')).toEqual({ code: 503, status: 'unhealthy' })
    expect(await service.ask('live')).toEqual({ code: 200, status: 'healthy' })
  })

  it('runs a check once in 500 ms, however many probes there are', async () => {
    await using service = await ProbedService.start()
    let runs = 0
    service.child.on('message', () => runs++)
    const start = performance.now()
    const answers = await Promise.all(Array.from({ length: 300 }, () => service.ask('ready')))
    expect(answers.every(({ code }) => code === 200)).toBe(true)
    expect(runs).toBeLessThanOrEqual(1 + Math.ceil((performance.now() - start) / 500))
  })

  it('ends when it has nothing to do', async () => {
    await using service = await ProbedService.start()
    await service.ask('ready')
    service.command('the end')
    await endsByItself(service.child)
  })

  it('is loaded once, whatever is loaded before it', async () => {
    using folder = new Folder()
    const file = join(folder.path, 'preload.cjs')
    writeFileSync(file, `process.stderr.write('loaded\\n')`)
    await using service = await ProbedService.start({ flags: ['--require', file] })
    await service.ask('live')
    expect(service.errors).toBe('loaded\n')
  })
})

describe('a service whose event loop is blocked', () => {
  // Far longer than the test: an answer that waits for the main thread, or for its saturation, never comes.
  const PATIENT = { SATURATED_AFTER: '600000' }

  it('answers what was never asked before, without waiting for the main thread', async () => {
    await using service = await ProbedService.start({ env: PATIENT })
    await service.hasAsked()
    service.command('a loop that shows its beginning')
    await service.isBlocked()
    expect(await service.ask('live')).toEqual({ code: 200, status: 'healthy' })
    expect(await service.ask('ready')).toEqual({ code: 200, status: 'healthy' })
    expect(await service.ask('startup')).toEqual({ code: 200, status: 'healthy' })
  })

  it('answers as its checks of liveness said last', async () => {
    await using service = await ProbedService.start({ env: { ...PATIENT, LIVE_CHECK: 'true' } })
    service.command('a broken database')
    expect((await service.until('live', 'unhealthy')).code).toBe(503)
    service.command('a loop that shows its beginning')
    await service.isBlocked()
    expect(await service.ask('live')).toEqual({ code: 503, status: 'unhealthy' })
  })

  it.each([
    ['loop', 'renderReport', 'at once'],
    ['microtasks', 'microtasks|processTicksAndRejections', 'at once'],
    // Code that is not JavaScript cannot be looked at before it comes back.
    ['a program', 'execFileSync', 'afterwards'],
  ] as const)(
    'is saturated, then wedged, then as before, and tells where it was: %s',
    async (how, blocking, when) => {
      await using service = await ProbedService.start()
      expect((await service.ask('ready')).code).toBe(200)
      service.command(how)
      expect((await service.until('live', 'saturated')).code).toBe(200)
      expect((await service.ask('ready')).code).toBe(200)
      expect((await service.until('live', 'wedged')).code).toBe(503)
      expect(await service.ask('ready')).toEqual({ code: 503, status: 'wedged' })
      const wedged = await service.record('errors', WEDGED)
      expect(wedged).toMatchObject({
        level: 'error',
        service: 'probed',
        time: expect.stringMatching(/^20.*Z$/),
        blocked_ms: expect.any(Number),
      })

      service.release()
      expect((await service.until('live', 'healthy')).code).toBe(200)
      expect((await service.ask('ready')).code).toBe(200)
      const { blocked_ms: blockedMs, stack } = await service.record('output', BLOCKED)
      expect(blockedMs).toBeGreaterThanOrEqual(2_500)
      expect(stack).toMatch(new RegExp(`^ {4}at (?:${blocking}) \\((?:file|node):.*:\\d+:\\d+\\)$`, 'm'))
      expect(wedged.stack).toBe(when === 'at once' ? stack : undefined)
      expect(service.errors.trimEnd().split('\n')).toHaveLength(1)
    },
  )

  it('is answered for where the process may not be looked at', async () => {
    const flags = ['--permission', '--allow-fs-read=*', '--allow-worker']
    // Newer versions of node ask for that as well.
    if (process.allowedNodeEnvironmentFlags.has('--allow-net')) flags.push('--allow-net')
    await using service = await ProbedService.start({ flags })
    service.command('loop')
    expect(await service.record('errors', WEDGED)).not.toHaveProperty('stack')
    service.release()
    expect((await service.until('live', 'healthy')).code).toBe(200)
  })

  it('stays out of traffic while it is saturated, if it was', async () => {
    await using service = await ProbedService.start()
    service.command('a broken database')
    await service.until('ready', 'unhealthy')
    service.command('loop')
    await service.until('live', 'saturated')
    expect(await service.ask('ready')).toEqual({ code: 503, status: 'unhealthy' })
  })

  it('gets no traffic any more once it shuts down', async () => {
    await using service = await ProbedService.start()
    expect((await service.ask('ready')).code).toBe(200)
    service.command('a loop in which it is shut down')
    expect(await service.until('ready', 'unhealthy')).toEqual({ code: 503, status: 'unhealthy' })
    expect((await service.ask('live')).code).toBe(200)
  })

  it('is alive while it starts, but neither started nor ready, however long that takes', async () => {
    await using service = await ProbedService.startBlocked()
    expect(await service.until('live', 'starting')).toEqual({ code: 200, status: 'starting' })
    expect(await service.ask('startup')).toEqual({ code: 503, status: 'starting' })
    expect(await service.ask('ready')).toEqual({ code: 503, status: 'starting' })
    service.release()
    expect(await service.until('startup', 'healthy')).toEqual({ code: 200, status: 'healthy' })
    expect(service.errors + service.output).not.toContain('event loop')
  })

  it('exits as it would have', async () => {
    await using service = await ProbedService.start()
    service.command('a loop that then exits')
    await service.until('live', 'saturated')
    service.release()
    expect(await once(service.child, 'exit')).toEqual([7, null])
  })

  it('answers although nobody reads standard error', async () => {
    using folder = new Folder()
    using fifo = folder.fifo()
    fifo.reader()
    await using service = await ProbedService.start({ stderr: fifo.fullWriter() })
    service.command('loop')
    expect((await service.until('live', 'wedged')).code).toBe(503)
    service.release()
    expect((await service.record('output', BLOCKED)).blocked_ms).toBeGreaterThanOrEqual(2_500)
  })
})

it('does not count for how long the process was stopped as a whole', async () => {
  await using service = await ProbedService.start()
  const commanded = performance.now()
  service.command('loop')
  await service.until('live', 'saturated')
  service.child.kill('SIGSTOP')
  // Much longer than it takes to be wedged: the length of the stop is what this is about.
  await delay(4_000)
  service.child.kill('SIGCONT')
  const { blocked_ms: blockedMs } = await service.record('errors', WEDGED)
  // All that has passed, but for most of the stop: it is counted until it is told from a long turn.
  expect(blockedMs).toBeLessThan(performance.now() - commanded - 1_000)
})

it('does not take a service for wedged that a debugger holds, and leaves it to the debugger', async () => {
  await using service = await ProbedService.start()
  service.command('inspector')
  const url = String(await service.message((message) => String(message).startsWith('ws://')))
  using debug = await Debugger.connect(url)
  await debug.post('Debugger.enable')
  const paused = debug.event('Debugger.paused')
  await debug.post('Debugger.pause')
  await paused
  await service.until('live', 'saturated')
  // Until it would be wedged, and some more.
  const since = performance.now()
  while (performance.now() - since < 4_000) expect((await service.ask('live')).code).toBe(200)
  expect(await debug.evaluate('1 + 1')).toBe(2)
  const resumed = debug.event('Debugger.resumed')
  await debug.post('Debugger.resume')
  await resumed
  expect((await service.until('live', 'healthy')).code).toBe(200)
  expect(service.output).not.toContain(BLOCKED)
})

describe('the port of the probes', () => {
  it('warns once where it is taken, and listens as soon as it is free', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const lines: string[] = []
    const warned = Promise.withResolvers<void>()
    const destination = {
      write(line: string) {
        lines.push(line)
        warned.resolve()
      },
    }
    const probes = { port, host: '127.0.0.1' }
    const sightline = createSightline({ service: 'test', log: { destination }, health: { probes } })
    await warned.promise
    expect(JSON.parse(lines[0] as string)).toMatchObject({
      level: 'warn',
      msg: `sightline: probe port ${port} failed; further failures of it are not logged`,
    })
    other.close()
    expect(await sightline.probes?.listening()).toBe(`http://127.0.0.1:${port}`)
    await sightline.close()
    expect(lines.filter((line) => line.includes('EADDRINUSE'))).toHaveLength(1)
  })

  it('answers to nothing but probes', async () => {
    const probes = { port: 0, host: '127.0.0.1' }
    const sightline = createSightline({ service: 'test', log: { level: 'silent' }, health: { probes } })
    const url = await sightline.probes?.listening()
    for (const path of ['/', '/health', '/metrics', '/health/live//', '//x:y@[/', '/__proto__'])
      expect([path, (await fetch(url + path)).status]).toEqual([path, 404])
    expect((await fetch(`${url}/health/live/`)).status).toBe(200)
    expect((await fetch(`${url}/health/live`, { method: 'POST' })).status).toBe(405)
    const head = await fetch(`${url}/health/live?from=kubelet`, { method: 'HEAD' })
    expect([head.status, head.headers.get('cache-control'), await head.text()]).toEqual([200, 'no-store', ''])
    await sightline.close()
    await expect(fetch(`${url}/health/live`)).rejects.toThrow('fetch failed')
  })

  it.each([
    [{}, 'health.probes needs a port: health.probes.port'],
    [{ port: -1 }, 'option health.probes.port is -1, but must be a port from 0 to 65535'],
    [
      { port: 0, saturatedAfter: 5_000, wedgedAfter: 5_000 },
      'health.probes.saturatedAfter is 5000 ms, but must be from 100 to below health.probes.wedgedAfter, which is 5000 ms',
    ],
  ])('has its options checked: %j', (probes, sentence) => {
    expect(() => createSightline({ health: { probes } })).toThrow(new TypeError(`Sightline: ${sentence}`))
  })
})
