import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

import { afterEach, expect, it } from '@jest/globals'

import type { StreamPlan } from '../../src/hub/load/plan.ts'
import { createSender } from '../../src/hub/load/post.ts'
import { prepare } from '../../src/hub/load/prepare.ts'
import { run } from '../../src/hub/load/run.ts'

afterEach(() => stop?.())
let stop: (() => Promise<void>) | undefined

interface Seen {
  readonly url: string
  readonly encoding: string | undefined
  readonly body: Buffer
}

/** A server that notes requests, and answers them with a status and a body. */
async function startServer(answerTo: (n: number) => readonly [status: number, body?: string]) {
  const seen: Seen[] = []
  const server = createServer((req, res) => {
    const pieces: Buffer[] = []
    req.on('data', (piece: Buffer) => void pieces.push(piece))
    req.on('end', () => {
      const [status, body = ''] = answerTo(seen.length)
      seen.push({
        url: req.url ?? '',
        encoding: req.headers['content-encoding'],
        body: Buffer.concat(pieces),
      })
      res.writeHead(status).end(body)
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  stop = async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  }
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, seen }
}

async function send(url: string, plan: StreamPlan, seconds: number) {
  const sender = createSender(url, plan)
  const tally = await run({ plan, bodyAt: await prepare(plan), sender }, seconds)
  sender.close()
  return tally.report()
}

const plan: StreamPlan = {
  signal: 'traces',
  items: 4,
  requests: 9,
  connections: 3,
  gzip: true,
  timeline: { seed: 1, from: 0, stepMs: 1 },
}

it('sends each prepared request once, and counts what was accepted', async () => {
  const { url, seen } = await startServer((n) => (n % 3 === 0 ? [503] : n === 1 ? [200, 'partial'] : [200]))
  const report = await send(url, plan, 60)
  expect(report).toMatchObject({
    outcomes: { 200: 6, 503: 3 },
    accepted: 24,
    sent: 36,
    partial: 1,
  })
  expect(report.latencies).toHaveLength(6)
  const plain = await prepare({ ...plan, gzip: false, late: true })
  const expected = Array.from({ length: 9 }, (_, index) => Buffer.from(plain(index).body).toString('hex'))
  expect(seen.map(({ body }) => gunzipSync(body).toString('hex')).toSorted()).toEqual(expected.toSorted())
  expect(new Set(seen.map(({ url: path, encoding }) => `${path} ${encoding}`))).toEqual(
    new Set(['/v1/traces gzip']),
  )
})

it('sends as many requests as a pace asks for, and repeats what is prepared', async () => {
  const { url, seen } = await startServer(() => [200])
  const report = await send(url, { ...plan, gzip: false, perSecond: 200 }, 0.1)
  expect(report).toMatchObject({ outcomes: { 200: 20 }, accepted: 80 })
  expect(new Set(seen.map(({ body }) => body.toString('hex'))).size).toBe(9)
})

it('counts requests without an answer', async () => {
  const { url } = await startServer(() => [200])
  await stop?.()
  stop = undefined
  expect(await send(url, plan, 60)).toMatchObject({ outcomes: { ECONNREFUSED: 9 }, accepted: 0, sent: 36 })
})
