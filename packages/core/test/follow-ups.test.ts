import { execFile } from 'node:child_process'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'

import { afterEach, describe, expect, it } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import {
  createSightline,
  type LogOptions,
  type Observation,
  type RequestRecord,
  type Sightline,
} from '../src/index.ts'
import { served } from './probe.ts'

type Line = Record<string, unknown>

const ends: Array<() => unknown> = []
afterEach(async () => {
  for (const end of ends.splice(0)) await end()
})

/** A service whose requests go on after their answers. */
async function service(log: LogOptions = {}) {
  const lines: Line[] = []
  const records: RequestRecord[] = []
  const followUp = Promise.withResolvers<void>()
  const sightline: Sightline = createSightline({
    service: 'late',
    log: {
      destination: {
        write(text) {
          const line = JSON.parse(text) as Line
          lines.push(line)
          if (line.msg === 'request follow-up') followUp.resolve()
        },
      },
      pretty: false,
      ...log,
    },
    sinks: [{ name: 'records', write: (record) => void records.push(record) }],
  })
  let handle: (req: IncomingMessage, res: ServerResponse, observation: Observation) => void
  const server = await served((req, res) => {
    const observation = hostOf(sightline).observe({
      req,
      res,
      route: () => '/jobs/:id',
      clientIp: () => undefined,
    })
    observation.run(() => handle(req, res, observation))
  })
  ends.push(
    () => server.close(),
    () => sightline.close(),
  )
  return {
    sightline,
    lines,
    records,
    followUp: followUp.promise,
    /** Answers a request, and does something in it once it has ended. */
    async after(late: (observation: Observation) => void): Promise<void> {
      const done = Promise.withResolvers<void>()
      handle = (_req, res, observation) => {
        sightline.context.set({ tenant: 'acme' })
        res.on('close', () => {
          try {
            late(observation)
            done.resolve()
          } catch (error) {
            done.reject(error)
          }
        })
        res.end()
      }
      await (await server.get('/jobs/7')).text()
      await done.promise
    },
  }
}

describe('what is set after the response has ended', () => {
  it('goes to one more event, which is linked to the request', async () => {
    const { sightline, after, lines, records } = await service()
    await after((observation) => {
      sightline.context.set({ imported: 7, password: 'p' })
      observation.set({ failed: 1, status: 2 })
      observation.log.info('later line')
    })
    await sightline.close()
    const [event, later, followUp] = lines
    expect(event).toMatchObject({ msg: 'request completed', tenant: 'acme' })
    expect(later).toMatchObject({ msg: 'later line', tenant: 'acme', imported: 7 })
    expect(followUp).toEqual({
      level: 'info',
      time: expect.any(String),
      service: 'late',
      request_id: event?.request_id,
      trace_id: event?.trace_id,
      span_id: event?.span_id,
      method: 'GET',
      path: '/jobs/7',
      route: '/jobs/:id',
      imported: 7,
      password: '[redacted]',
      failed: 1,
      status_: 2,
      msg: 'request follow-up',
    })
    expect(lines).toHaveLength(3)
    // The record is what was known at the end.
    expect(records[0]?.fields).toEqual({ tenant: 'acme' })
  })

  it('is written soon, without anybody asking', async () => {
    const { after, followUp, lines } = await service()
    await after((observation) => observation.set({ a: 1 }))
    await followUp
    expect(lines[1]).toMatchObject({ msg: 'request follow-up', a: 1 })
  })

  it('is not lost where very many requests are late: they are written before they are too many', async () => {
    const { after, lines, sightline } = await service()
    const ended: Observation[] = []
    for (let i = 0; i < 201; i++) await after((observation) => void ended.push(observation))
    // Within one turn of the event loop: nothing is written because its time has come.
    for (const [number, observation] of ended.entries()) observation.set({ number })
    const written = () => lines.filter(({ msg }) => msg === 'request follow-up').map(({ number }) => number)
    expect(written()).toHaveLength(200)
    await sightline.close()
    expect(written()).toEqual(Array.from({ length: 201 }, (_, i) => i))
  })

  it('is not lost where sampling has left the event of the request out', async () => {
    const { after, lines, sightline, records } = await service({ sample: { ratio: 0 } })
    await after((observation) => observation.set({ imported: 7 }))
    await sightline.close()
    expect(lines).toMatchObject([
      { msg: 'request follow-up', imported: 7, request_id: records[0]?.id, route: '/jobs/:id' },
    ])
    expect(lines).toHaveLength(1)
  })

  it('has no event of its own where the request was to have none', async () => {
    for (const log of [
      { access: false },
      { ignore: ['/jobs/*'] },
      { ignore: () => true },
      { event: () => false as const },
      { event: () => ({ level: 'silent' as const }) },
    ]) {
      const { after, lines, sightline } = await service(log)
      await after((observation) => observation.set({ a: 1 }))
      await sightline.close()
      expect(lines).toEqual([])
    }
  })
})

describe('an error that is reported after the response has ended', () => {
  it('has an event of its own, each', async () => {
    const { after, lines, sightline, records } = await service()
    const second = new Error('second')
    await after((observation) => {
      observation.set({ a: 1 })
      observation.fail(new Error('first'))
      observation.fail(second)
      observation.fail(second)
      observation.set({ b: 2 })
    })
    await sightline.close()
    expect(lines.slice(1)).toMatchObject([
      { level: 'error', msg: 'request follow-up', a: 1, err: { message: 'first' } },
      { level: 'error', msg: 'request follow-up', b: 2, err: { message: 'second' } },
    ])
    expect(lines).toHaveLength(3)
    expect(records[0]?.error).toBeUndefined()
  })
})

describe('at the end of the process', () => {
  const fixture = fileURLToPath(new URL('fixtures/late.ts', import.meta.url))

  it.each(['natural exit', 'process.exit', 'crash', 'signal'])('nothing is lost: %s', async (way) => {
    const { NODE_OPTIONS: _options, ...env } = process.env
    const stdout = await new Promise<string>((resolve) => {
      execFile(
        process.execPath,
        ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source', fixture, way],
        { env },
        (_error, out) => resolve(out),
      )
    })
    const lines = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Line)
    const event = lines.find(({ msg }) => msg === 'request completed')
    expect(lines.filter(({ msg }) => msg === 'request follow-up')).toMatchObject([
      { imported: 7, request_id: event?.request_id, trace_id: event?.trace_id },
    ])
  })
})
