import { EventEmitter, once } from 'node:events'
import { createReadStream } from 'node:fs'
import { setTimeout as after } from 'node:timers/promises'

import { expect } from '@jest/globals'
import type { Sightline } from '@sightline/core'

import type { Request, Route } from './app.ts'
import { bytesOf, call, converse, LAST, oneSocket, open, post } from './client.ts'
import { Kit } from './kit.ts'
import type { Group } from './suite.ts'

const CONCURRENT = 50

/** Logs a line through each kind of asynchronous code, and returns their number. */
async function logEverywhere(sightline: Sightline, { log }: Request): Promise<string[]> {
  const ways: string[] = []
  const write = (way: string) => {
    ways.push(way)
    sightline.log.info({ way }, 'somewhere')
  }
  write('at once')
  log.info({ way: 'by the request' }, 'somewhere')
  ways.push('by the request')
  await Promise.resolve()
  write('after a promise')
  await after(1)
  write('after a timer')
  await new Promise<void>((resolve) => {
    setImmediate(() => {
      write('after the event loop')
      process.nextTick(() => {
        write('in the next tick')
        queueMicrotask(() => {
          write('in a microtask')
          resolve()
        })
      })
    })
  })
  const emitter = new EventEmitter()
  emitter.on('event', () => write('in a listener'))
  emitter.emit('event')
  const stream = createReadStream('/etc/hostname')
  stream.on('data', () => write('in a stream'))
  await once(stream, 'end')
  write('after a stream')
  return ways
}

export const context: Group = {
  promise: 'keeps requests apart in every log line',
  assertions({ adapter, check }) {
    /** Starts an application with one route whose handler uses the kit. */
    async function withRoute(
      handler: (kit: Kit, request: Request) => Promise<unknown>,
      method: Route['method'] = 'GET',
    ) {
      const options = { app: { routes: [] } }
      const kit = new Kit(options)
      const route: Route = {
        method,
        pattern: '/labour/:n',
        async handler(request) {
          return { body: { result: (await handler(kit, request)) ?? null } }
        },
      }
      return kit.start(adapter, { routes: [route] })
    }

    check(
      'carries the request id into lines written after the body is parsed, timers, promises, emitters, streams',
      async () => {
        let ways: string[] = []
        await using kit = await withRoute(async ({ sightline }, request) => {
          ways = await logEverywhere(sightline, request)
        }, 'POST')
        const { status } = await post(
          kit.port,
          '/labour/1',
          { big: 'x'.repeat(50_000) },
          { 'x-request-id': 'the-one' },
        )
        expect(status).toBe(200)
        await kit.haveEnded(1)
        const lines = kit.lines.filter(({ msg }) => msg === 'somewhere')
        expect(lines.map(({ way }) => way)).toEqual(ways)
        expect(ways).toHaveLength(10)
        const { traceId, spanId } = kit.record.trace
        for (const line of lines)
          expect(line).toMatchObject({ request_id: 'the-one', trace_id: traceId, span_id: spanId })
      },
    )

    check('carries the request id on where the body arrives in pieces, long after the headers', async () => {
      await using kit = await withRoute(async ({ sightline }) => sightline.log.info('parsed'), 'POST')
      const socket = await open(kit.port)
      const headers = ['X-Request-Id: the-one', 'Content-Type: application/json', 'Content-Length: 9']
      socket.write(bytesOf('POST', '/labour/1', headers))
      await kit.haveArrived(1)
      for (const piece of ['{"a":', '123}']) {
        // The parser is waiting by now, so the next piece is an event of the socket alone.
        await after(5)
        socket.write(piece)
      }
      await kit.haveEnded(1)
      socket.destroy()
      expect(kit.lines).toMatchObject([
        { msg: 'parsed', request_id: 'the-one' },
        { msg: 'request completed', status: 200, request_bytes: 9 },
      ])
    })

    check('carries the request id into listeners of the body that a handler adds', async () => {
      const kit = new Kit({ app: { routes: [] } })
      const upload: Route = {
        method: 'POST',
        pattern: '/upload',
        raw: true,
        handler({ req, res }) {
          req.on('data', () => kit.sightline.log.info('a piece'))
          req.on('end', () => {
            kit.sightline.log.info('the end')
            res.end('thanks')
          })
          return undefined
        },
      }
      await using running = await kit.start(adapter, { routes: [upload] })
      const socket = await open(running.port)
      socket.write(bytesOf('POST', '/upload', ['X-Request-Id: the-one', 'Content-Length: 6']))
      await running.haveArrived(1)
      await after(5)
      socket.write('pieces')
      await running.haveEnded(1)
      socket.destroy()
      expect(running.lines.map(({ msg, request_id: id }) => [msg, id])).toEqual([
        ['a piece', 'the-one'],
        ['the end', 'the-one'],
        ['request completed', 'the-one'],
      ])
    })

    check('never mixes up requests that are under way together', async () => {
      let arrived = 0
      const gate = new EventEmitter().setMaxListeners(0)
      await using kit = await withRoute(async ({ sightline }, request) => {
        if (++arrived === CONCURRENT) gate.emit('open')
        else await once(gate, 'open')
        const { n } = request.params
        sightline.context.set({ job: n })
        const ways = await logEverywhere(sightline, request)
        expect(sightline.context.requestId()).toBe(`id-${n}`)
        return ways.length
      }, 'POST')
      const calls = Array.from({ length: CONCURRENT }, (_, n) =>
        post(kit.port, `/labour/${n}`, { n }, { 'x-request-id': `id-${n}` }),
      )
      expect((await Promise.all(calls)).map(({ status }) => status)).toEqual(calls.map(() => 200))
      const lines = kit.lines.filter(({ msg }) => msg === 'somewhere' || msg === 'request completed')
      expect(lines).toHaveLength(CONCURRENT * 11)
      for (const line of lines) expect(line.request_id).toBe(`id-${line.job}`)
      for (let n = 0; n < CONCURRENT; n++)
        expect(lines.filter(({ job }) => job === String(n))).toHaveLength(11)
    })

    check('leaves nothing behind on the connection', async () => {
      await using kit = await withRoute(async () => undefined)
      await call(kit.port, '/labour/1')
      expect(kit.sightline.context.current()).toBeUndefined()
      kit.sightline.log.info('outside')
      const outside = kit.lines.find(({ msg }) => msg === 'outside')
      expect(outside).not.toHaveProperty('request_id')
      expect(outside).toMatchObject({ level: 'info', service: 'shop' })
    })

    check('leaks no request into what runs beside it on its connection', async () => {
      const before: unknown[] = []
      const kit: Kit = new Kit({
        app: { routes: [] },
        trust() {
          // Called before this request becomes the current one.
          before.push(kit.sightline.context.current())
          return true
        },
      })
      const routes: Route[] = [
        { method: 'GET', pattern: '/text', handler: () => ({ body: 'at once' }) },
        { method: 'GET', pattern: '/later', handler: () => after(1, { body: 'later' }) },
      ]
      await using running = await kit.start(adapter, { routes })
      const agent = oneSocket()
      for (let n = 0; n < 4; n++) await call(running.port, n % 2 ? '/text' : '/later', { agent })
      agent.destroy()
      await converse(running.port, bytesOf('GET', '/later'), bytesOf('GET', '/text'), LAST)
      expect(before).toEqual(Array.from({ length: 7 }, () => undefined))
      expect(kit.leaks).toBe(0)
    })

    check('puts fields that a handler sets on later lines and on the access event', async () => {
      await using kit = await withRoute(async ({ sightline }, { log }) => {
        log.info('before')
        sightline.context.set({ tenant: 't1', status: 'forged', request_id: 'forged' })
        log.info('later')
        log.child({ part: 'a' }).warn('child')
      })
      await call(kit.port, '/labour/1', { headers: { 'x-request-id': 'r1' } })
      await kit.haveEnded(1)
      const [before, later, child, access] = kit.lines
      expect(before).not.toHaveProperty('tenant')
      expect(later).toMatchObject({
        msg: 'later',
        tenant: 't1',
        request_id: 'r1',
        status_: 'forged',
        request_id_: 'forged',
      })
      expect(child).toMatchObject({ msg: 'child', level: 'warn', part: 'a', tenant: 't1', request_id: 'r1' })
      expect(access).toMatchObject({ msg: 'request completed', tenant: 't1', status: 200, request_id: 'r1' })
      expect(kit.records[0]?.fields).toMatchObject({ tenant: 't1' })
    })

    check('gives a job within a request its own fields and the same request id', async () => {
      await using kit = await withRoute(async ({ sightline }) => {
        await sightline.context.run({ task: 'mail' }, async () => {
          await after(1)
          sightline.log.info('in the job')
        })
        sightline.log.info('behind the job')
      })
      await call(kit.port, '/labour/1', { headers: { 'x-request-id': 'r1' } })
      const [inside, behind] = kit.lines
      expect(inside).toMatchObject({ msg: 'in the job', task: 'mail', request_id: 'r1' })
      expect(behind).toMatchObject({ msg: 'behind the job', request_id: 'r1' })
      expect(behind).not.toHaveProperty('task')
    })
  },
}
