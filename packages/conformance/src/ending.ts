import { once } from 'node:events'
import { openSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect } from 'node:net'

import { expect } from '@jest/globals'
import { WebSocket } from 'ws'

import { bytesOf, call, converse, open } from './client.ts'
import { ServiceProcess } from './process.ts'
import type { ProgramOptions } from './program.ts'
import type { Group } from './suite.ts'

/**
 * Beyond the timeout of a test: a process that ends has not waited for its deadline, nor for the 70 % of it
 * after which requests and their connections are cut.
 */
const NEVER = 600_000
/** For ends by force. 30 % of it remain for the end of a process whose requests were cut. */
const DEADLINE = 20_000
/** For a process that is killed in the midst of a hook. */
const SHORT_DEADLINE = 5_000
const CLEAN = { code: 0, signal: null }
/** A connection was cut, or a hook failed. */
const CUT = { code: 1, signal: null }

export const ending: Group = {
  promise: 'ends on time, with an answer for everybody who was let in',
  assertions({ adapter, check }) {
    const start = (options: ProgramOptions = {}, stdout?: 'read' | 'unread' | number) =>
      ServiceProcess.start(adapter, { deadline: NEVER, ...options }, stdout)

    /** Asserts how the process ends while `arrange` keeps a connection busy. */
    function ends(
      how: string,
      expected: { readonly code: number; readonly signal: null },
      options: ProgramOptions,
      arrange: (service: ServiceProcess) => Promise<unknown> = async () => {},
    ): void {
      check(`ends with ${how}`, async () => {
        await using service = await start(options)
        await arrange(service)
        service.kill('SIGTERM')
        expect(await service.exit()).toEqual(expected)
      })
    }

    check('answers every request that it has accepted under load', async () => {
      await using service = await start({ drainDelay: 2_000 })
      const clients = Array.from({ length: 16 }, () => askUntilRefused(service.port))
      await Promise.race(clients.map(({ first }) => first))
      const signalledAt = performance.now()
      service.kill('SIGTERM')
      const answered = await Promise.all(clients.map(({ answered: count }) => count))
      // All clients have been refused, none before the drain delay.
      expect(performance.now() - signalledAt).toBeGreaterThanOrEqual(2_000)
      expect(await service.exit()).toEqual(CLEAN)
      const access = service.lines.filter((line) => 'outcome' in line)
      expect(access.filter(({ outcome, status }) => outcome !== 'completed' || status !== 200)).toEqual([])
      expect(answered.reduce((sum, { ok }) => sum + ok, 0)).toBe(access.length)
      expect(answered.flatMap(({ failures }) => failures)).toEqual([])
    })

    check('is alive but not ready from the beginning of its shutdown, under load', async () => {
      await using service = await start({ drainDelay: NEVER / 2 })
      const clients = Array.from({ length: 16 }, () => askUntilRefused(service.port))
      await Promise.all(clients.map(({ first }) => first))
      const statusOf = async (probe: string) => (await call(service.port, `/health/${probe}`)).status
      expect(await statusOf('ready')).toBe(200)
      service.kill('SIGTERM')
      await service.said('shutdown has begun')
      expect([await statusOf('ready'), await statusOf('live')]).toEqual([503, 200])
      service.child.kill('SIGKILL')
      await Promise.all(clients.map(({ answered }) => answered))
    })

    ends('a connection that idles', CLEAN, {}, async ({ port }) => {
      await call(port, '/fast', { agent: new Agent({ keepAlive: true }) })
    })

    ends('a connection that begins to idle late', CLEAN, {}, async (service) => {
      const socket = await open(service.port)
      socket.write(bytesOf('GET', '/headers-first'))
      await once(socket, 'data')
    })

    ends('half of a request’s headers', CLEAN, {}, async ({ port }) => {
      const socket = await open(port)
      socket.write('GET /fast HTTP/1.1\r\nHost: shop.ex')
      // When the second request is answered, the first bytes have arrived.
      await call(port, '/fast')
    })

    check('cuts an upload that has stalled and a client that does not read, and counts them', async () => {
      await using service = await start({ deadline: DEADLINE })
      const upload = await open(service.port)
      upload.write(
        bytesOf('POST', '/echo', ['Content-Type: application/json', 'Content-Length: 99'], '{"a":'),
      )
      const download = await open(service.port)
      download.pause()
      download.write(bytesOf('GET', '/large'))
      await once(download, 'readable')
      service.kill('SIGTERM')
      expect(await service.exit()).toEqual(CUT)
      expect(await service.said('shutdown has cut what did not end in time')).toMatchObject({
        requests_cut: 2,
      })
      for (const socket of [upload, download]) socket.destroy()
    })

    ends('a hook that throws', CUT, {
      hooks: [
        ['database', 'end'],
        ['pool', 'throw'],
      ],
    })

    ends('a hook that hangs', CUT, {
      hooks: [
        ['database', 'end'],
        ['pool', 'hang'],
      ],
    })

    ends('a destination that does not end', CLEAN, { deadCollector: true })

    ends('a destination that does not end, of a Sightline of the adapter’s own', CLEAN, {
      deadCollector: true,
      own: true,
    })

    check('runs hooks in reverse order, and names those that fail', async () => {
      await using service = await start({
        hooks: [
          ['database', 'end'],
          ['queue', 'hang'],
          ['mail', 'throw'],
          ['cache', 'end'],
        ],
      })
      service.kill('SIGTERM')
      await service.exit()
      expect(service.lines.filter(({ msg }) => msg === 'hook runs').map(({ hook }) => hook)).toEqual([
        'cache',
        'mail',
        'queue',
        'database',
      ])
      expect(service.lines).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ hook: 'mail', level: 'error', msg: 'shutdown hook failed' }),
          expect.objectContaining({
            hook: 'queue',
            level: 'error',
            msg: 'shutdown hook has not ended in time',
          }),
        ]),
      )
    })

    check('finishes a request that is under way, and says that its connection ends', async () => {
      await using service = await start()
      const reply = call(service.port, '/slow', { agent: new Agent({ keepAlive: true }) })
      await call(service.port, '/fast')
      service.kill('SIGTERM')
      expect(await reply).toMatchObject({ status: 200, body: 'slow', headers: { connection: 'close' } })
      expect(await service.exit()).toEqual(CLEAN)
    })

    check('runs hooks when the last request has ended', async () => {
      await using service = await start({ hooks: [['database', 'end']] })
      const reply = call(service.port, '/slow')
      await call(service.port, '/fast')
      service.kill('SIGTERM')
      expect(await reply).toMatchObject({ status: 200, body: 'slow' })
      expect(await service.exit()).toEqual(CLEAN)
      const ended = service.lines.findIndex(
        ({ path, outcome }) => path === '/slow' && outcome === 'completed',
      )
      const ran = service.lines.findIndex(({ msg }) => msg === 'hook runs')
      expect(ended).toBeGreaterThanOrEqual(0)
      expect(ran).toBeGreaterThan(ended)
    })

    check('handles signals as soon as it serves, and not before', async () => {
      await using service = await start({ waits: true })
      expect(service.told).toEqual({ handlers: 0 })
      service.serve()
      await service.hasTold(({ serves }) => serves === true)
      expect(service.told.handlers).toBe(1)
    })

    check('dies of a signal that comes before it serves, as it would without the kit', async () => {
      await using service = await start({ waits: true })
      service.kill('SIGTERM')
      expect(await service.exit()).toEqual({ code: null, signal: 'SIGTERM' })
    })

    check(
      'serves nobody after a signal that comes before, where signals are handled from the start',
      async () => {
        await using service = await start({ waits: true, always: true, drainDelay: 3_000 })
        expect(service.told.handlers).toBe(1)
        service.kill('SIGTERM')
        await service.said('shutdown has begun')
        service.serve()
        await service.hasTold(({ port }) => port !== undefined)
        await expect(call(service.port, '/fast')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/)
        expect(await service.exit()).toEqual(CLEAN)
        expect(service.lines.filter((line) => 'outcome' in line)).toEqual([])
      },
    )

    check(
      'cuts streams and upgraded connections that were told to end and stay, and counts them',
      async () => {
        await using service = await start()
        const stream = await open(service.port)
        stream.pause()
        stream.write(bytesOf('GET', '/many-events'))
        await once(stream, 'readable')
        const upgraded = connect({ host: '127.0.0.1', port: service.port, allowHalfOpen: true })
        upgraded.on('error', () => {})
        upgraded.write(bytesOf('GET', '/raw', ['Connection: Upgrade', 'Upgrade: raw']))
        await once(upgraded, 'data')
        service.kill('SIGTERM')
        expect(await service.exit()).toEqual(CLEAN)
        expect(await service.said('shutdown has ended')).toMatchObject({ streams_cut: 1, upgraded_cut: 1 })
        for (const socket of [stream, upgraded]) socket.destroy()
      },
    )

    check('ends event streams and WebSockets, and counts them', async () => {
      await using service = await start()
      const events = converse(service.port, bytesOf('GET', '/events'), { until: 'tick' })
      const webSocket = new WebSocket(`ws://127.0.0.1:${service.port}/`)
      await once(webSocket, 'message')
      const goodbye = once(webSocket, 'close')
      service.kill('SIGTERM')
      const { bytes, fate } = await events
      expect(fate).toBe('closed')
      // The end of a chunked body: the reader sees a complete body.
      expect(bytes.endsWith('0\r\n\r\n')).toBe(true)
      expect((await goodbye)[0]).toBe(1_001)
      expect(await service.exit()).toEqual(CLEAN)
      expect(await service.said('shutdown has ended')).toMatchObject({ streams_cut: 1, upgraded_cut: 1 })
    })

    check('ends at once with the second signal', async () => {
      await using service = await start({ drainDelay: NEVER / 2 })
      service.kill('SIGTERM')
      await service.said('shutdown has begun')
      // Package managers may pass the same signal on within this time: it is not a second signal.
      const { child } = service
      while (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT')
        await new Promise(setImmediate)
      }
      expect(await service.exit()).toEqual({ code: 130, signal: null })
    })

    check('ends with a standard output that nobody reads', async () => {
      await using service = await start({ lines: 20_000 }, 'unread')
      service.kill('SIGTERM')
      expect(await service.exit()).toEqual(CLEAN)
    })

    check('ends with a full disk', async () => {
      await using service = await start({ lines: 20_000 }, openSync('/dev/full', 'w'))
      expect((await call(service.port, '/fast')).body).toBe('fast')
      service.kill('SIGTERM')
      expect(await service.exit()).toEqual(CLEAN)
    })

    check('ends with a hook that blocks the event loop, and names it', async () => {
      await using service = await start({
        deadline: SHORT_DEADLINE,
        hooks: [
          ['endless', 'block'],
          ['cache', 'end'],
        ],
      })
      service.kill('SIGTERM')
      expect(await service.exit()).toEqual({ code: null, signal: 'SIGKILL' })
      expect(JSON.parse(service.errors)).toMatchObject({
        level: 'error',
        service: 'shop',
        hook: 'endless',
        deadline_ms: SHORT_DEADLINE,
        msg: 'killed at the deadline: this shutdown hook was still running',
      })
    })
  },
}

interface Asked {
  readonly ok: number
  readonly failures: string[]
}

/** A client that sends requests on kept-alive connections until it is refused. */
function askUntilRefused(port: number): { first: Promise<void>; answered: Promise<Asked> } {
  const first = Promise.withResolvers<void>()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const asked = async (): Promise<Asked> => {
    const failures: string[] = []
    for (let ok = 0, foundClosed = 0; ;) {
      try {
        const { status, body } = await call(port, '/fast', { agent })
        if (status !== 200 || body !== 'fast') failures.push(`${status} ${body}`)
        ok++
        first.resolve()
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        // An idle connection is closed after 150 ms. A client that had no processor time for so long must
        // retry on a new connection.
        if (code === 'ECONNRESET' && ok > 0 && foundClosed++ === 0) continue
        if (code !== 'ECONNREFUSED') failures.push(message)
        agent.destroy()
        return { ok, failures }
      }
    }
  }
  return { first: first.promise, answered: asked() }
}
