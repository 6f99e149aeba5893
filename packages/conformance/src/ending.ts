import { once } from 'node:events'
import { openSync } from 'node:fs'
import { Agent } from 'node:http'
import { connect } from 'node:net'

import { expect } from '@jest/globals'
import { Allowance } from '@sightline/servers'
import { WebSocket } from 'ws'

import { bytesOf, call, converse, open } from './client.ts'
import { ServiceProcess } from './process.ts'
import type { ProgramOptions } from './program.ts'
import type { Group } from './suite.ts'

/** Short, so that forced ends are quick. */
const DEADLINE = 2_000
/** Time beyond the deadline for an idle machine to notice the end of a process. */
const SLACK = 500
/**
 * For ends without force: long before 70 % of a 10 s deadline, when requests and their connections are cut.
 */
const SOON = { deadline: 10_000, withinMs: DEADLINE + SLACK }
const CLEAN = { code: 0, signal: null }
/** A connection was cut, or a hook failed. */
const CUT = { code: 1, signal: null }

export const ending: Group = {
  promise: 'ends on time, with an answer for everybody who was let in',
  assertions({ adapter, check }) {
    const start = (options: ProgramOptions = {}, stdout?: 'read' | 'unread' | number) =>
      ServiceProcess.start(adapter, { deadline: DEADLINE, ...options }, stdout)

    /** Asserts how the process ends while `hold` keeps a connection busy. */
    function ends(
      how: string,
      expected: { readonly code: number; readonly signal: null },
      { withinMs = DEADLINE + SLACK, ...options }: ProgramOptions & { readonly withinMs?: number },
      arrange: (service: ServiceProcess) => Promise<unknown> = async () => {},
    ): void {
      check(`ends with ${how}`, async () => {
        await using service = await start(options)
        await arrange(service)
        const allowance = new Allowance()
        service.kill('SIGTERM')
        const exit = await service.exit()
        expect(exit).toMatchObject(expected)
        expect(exit.afterMs).toBeLessThan(allowance.of(withinMs))
      })
    }

    check('answers every request that it has accepted under load', async () => {
      await using service = await start({ drainDelay: 2_000, deadline: 10_000 })
      const clients = Array.from({ length: 16 }, () => askUntilRefused(service.port))
      await Promise.race(clients.map(({ first }) => first))
      const allowance = new Allowance()
      const signalledAt = performance.now()
      service.kill('SIGTERM')
      await service.said('shutdown has begun')
      expect((await call(service.port, '/health/ready')).status).toBe(503)
      expect((await call(service.port, '/health/live')).status).toBe(200)
      const answered = await Promise.all(clients.map(({ answered: count }) => count))
      // All clients have been refused, none before the drain delay.
      expect(performance.now() - signalledAt).toBeGreaterThanOrEqual(2_000)
      expect(await service.exit()).toMatchObject(CLEAN)
      const access = service.lines.filter((line) => 'outcome' in line)
      expect(access.filter(({ outcome, status }) => outcome !== 'completed' || status !== 200)).toEqual([])
      expect(answered.reduce((sum, { ok }) => sum + ok, 0)).toBe(access.length)
      expect(answered.flatMap(({ failures }) => failures)).toEqual([])
      // A client without processor time for 150 ms finds its idle connection closed. On an idle machine this
      // does not happen.
      const late = answered.filter(({ foundClosed }) => foundClosed)
      expect(late.length).toBeLessThanOrEqual(clients.length * (allowance.of(1) - 1))
    })

    check('is not ready any more within 100 ms of the signal, under load', async () => {
      const shares: number[] = []
      for (let n = 0; n < 5; n++) {
        await using service = await start({ drainDelay: 1_000 })
        const clients = Array.from({ length: 16 }, () => askUntilRefused(service.port))
        await Promise.all(clients.map(({ first }) => first))
        const agent = new Agent({ keepAlive: true })
        await call(service.port, '/health/ready', { agent })
        const allowance = new Allowance()
        service.kill('SIGTERM')
        const since = performance.now()
        while ((await call(service.port, '/health/ready', { agent })).status !== 503);
        const tookMs = performance.now() - since
        shares.push(tookMs / allowance.of(100))
        agent.destroy()
        service.child.kill('SIGKILL')
        await Promise.all(clients.map(({ answered }) => answered))
      }
      // One or two runs may meet a pause of the machine.
      expect(shares.toSorted((a, b) => a - b)[2]).toBeLessThan(1)
    })

    ends('a connection that idles', CLEAN, SOON, async ({ port }) => {
      await call(port, '/fast', { agent: new Agent({ keepAlive: true }) })
    })

    ends('a connection that begins to idle late', CLEAN, SOON, async (service) => {
      const socket = await open(service.port)
      socket.write(bytesOf('GET', '/headers-first'))
      await once(socket, 'data')
    })

    ends('half of a request’s headers', CLEAN, SOON, async ({ port }) => {
      const socket = await open(port)
      socket.write('GET /fast HTTP/1.1\r\nHost: shop.ex')
      // When the second request is answered, the first bytes have arrived.
      await call(port, '/fast')
    })

    ends('an upload that has stalled', CUT, {}, async (service) => {
      const socket = await open(service.port)
      socket.write(
        bytesOf('POST', '/echo', ['Content-Type: application/json', 'Content-Length: 99'], '{"a":'),
      )
      await call(service.port, '/fast')
    })

    ends('a client that does not read', CUT, {}, async (service) => {
      const socket = await open(service.port)
      socket.pause()
      socket.write(bytesOf('GET', '/large'))
      await once(socket, 'readable')
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
      deadline: 5_000,
      withinMs: 5_000 + SLACK,
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
      expect(await service.exit()).toMatchObject(CLEAN)
    })

    check('runs hooks when the last request has ended', async () => {
      await using service = await start({ hooks: [['database', 'end']] })
      const reply = call(service.port, '/slow')
      await call(service.port, '/fast')
      service.kill('SIGTERM')
      expect(await reply).toMatchObject({ status: 200, body: 'slow' })
      expect(await service.exit()).toMatchObject(CLEAN)
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
      expect(await service.exit()).toMatchObject({ code: null, signal: 'SIGTERM' })
    })

    check(
      'serves nobody after a signal that comes before, where signals are handled from the start',
      async () => {
        await using service = await start({ waits: true, always: true, drainDelay: 1_000 })
        expect(service.told.handlers).toBe(1)
        service.kill('SIGTERM')
        await service.said('shutdown has begun')
        service.serve()
        await service.hasTold(({ port }) => port !== undefined)
        await expect(call(service.port, '/fast')).rejects.toThrow(/ECONNREFUSED|ECONNRESET/)
        expect(await service.exit()).toMatchObject(CLEAN)
        expect(service.lines.filter((line) => 'outcome' in line)).toEqual([])
      },
    )

    check(
      'cuts streams and upgraded connections that were told to end and stay, and counts them',
      async () => {
        await using service = await start({ deadline: SOON.deadline })
        const stream = await open(service.port)
        stream.pause()
        stream.write(bytesOf('GET', '/many-events'))
        await once(stream, 'readable')
        const upgraded = connect({ host: '127.0.0.1', port: service.port, allowHalfOpen: true })
        upgraded.on('error', () => {})
        upgraded.write(bytesOf('GET', '/raw', ['Connection: Upgrade', 'Upgrade: raw']))
        await once(upgraded, 'data')
        const allowance = new Allowance()
        service.kill('SIGTERM')
        const exit = await service.exit()
        expect(exit).toMatchObject(CLEAN)
        expect(exit.afterMs).toBeLessThan(allowance.of(SOON.withinMs))
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
      expect(await service.exit()).toMatchObject(CLEAN)
      expect(await service.said('shutdown has ended')).toMatchObject({ streams_cut: 1, upgraded_cut: 1 })
    })

    check('ends at once with the second signal', async () => {
      await using service = await start({ drainDelay: 1_500 })
      const allowance = new Allowance()
      service.kill('SIGTERM')
      await service.said('shutdown has begun')
      // Package managers may pass the same signal on within this time: it is not a second signal.
      const { child } = service
      while (child.exitCode === null && child.signalCode === null) {
        child.kill('SIGINT')
        await new Promise(setImmediate)
      }
      const { code, afterMs } = await service.exit()
      expect(code).toBe(130)
      expect(afterMs).toBeLessThan(allowance.of(1_000))
    })

    check('ends with a standard output that nobody reads', async () => {
      await using service = await start({ lines: 20_000 }, 'unread')
      const allowance = new Allowance()
      service.kill('SIGTERM')
      const exit = await service.exit()
      expect(exit).toMatchObject(CLEAN)
      expect(exit.afterMs).toBeLessThan(allowance.of(DEADLINE + SLACK))
    })

    check('ends with a full disk', async () => {
      await using service = await start({ lines: 20_000 }, openSync('/dev/full', 'w'))
      expect((await call(service.port, '/fast')).body).toBe('fast')
      const allowance = new Allowance()
      service.kill('SIGTERM')
      const exit = await service.exit()
      expect(exit).toMatchObject(CLEAN)
      expect(exit.afterMs).toBeLessThan(allowance.of(DEADLINE + SLACK))
    })

    check('ends with a hook that blocks the event loop, and names it', async () => {
      await using service = await start({
        hooks: [
          ['endless', 'block'],
          ['cache', 'end'],
        ],
      })
      const allowance = new Allowance()
      service.kill('SIGTERM')
      const exit = await service.exit()
      expect(exit).toMatchObject({ code: null, signal: 'SIGKILL' })
      expect(exit.afterMs).toBeLessThan(allowance.of(DEADLINE + SLACK))
      expect(JSON.parse(service.errors)).toMatchObject({
        level: 'error',
        service: 'shop',
        hook: 'endless',
        deadline_ms: DEADLINE,
        msg: 'killed at the deadline: this shutdown hook was still running',
      })
    })
  },
}

interface Asked {
  readonly ok: number
  readonly failures: string[]
  /** Whether the last request met a closed kept-alive connection. */
  readonly foundClosed: boolean
}

/** A client that sends requests on kept-alive connections until it is refused. */
function askUntilRefused(port: number): { first: Promise<void>; answered: Promise<Asked> } {
  const first = Promise.withResolvers<void>()
  const agent = new Agent({ keepAlive: true, maxSockets: 1 })
  const asked = async (): Promise<Asked> => {
    const failures: string[] = []
    for (let ok = 0; ; ok++) {
      try {
        const { status, body } = await call(port, '/fast', { agent })
        if (status !== 200 || body !== 'fast') failures.push(`${status} ${body}`)
        first.resolve()
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException
        // Node reports this for a kept-alive connection closed before the request was sent: the client must
        // retry.
        const foundClosed = code === 'ECONNRESET' && ok > 0
        if (code !== 'ECONNREFUSED' && !foundClosed) failures.push(message)
        agent.destroy()
        return { ok, failures, foundClosed }
      }
    }
  }
  return { first: first.promise, answered: asked() }
}
