import { once } from 'node:events'
import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { connect } from 'node:net'

import { describe, expect, it } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import type { Observation } from '../src/index.ts'
import { servedBy } from '../src/lifecycle/served.ts'
import { errorTypeOf, hasFailed } from '../src/record/failure.ts'
import { serve, type ObservedServer } from './observed-server.ts'
import { record } from './record.ts'

const ASK = 'GET / HTTP/1.1\r\nHost: shop.example\r\n\r\n'

/** The observation of a request that a handler has in hand. */
function observationOf(kit: ObservedServer, req: IncomingMessage, res: ServerResponse): Observation {
  const exchange = { req, res, route: () => '/', clientIp: () => undefined }
  return hostOf(kit.sightline).observe(exchange)
}

/** A connection on which something was asked, whose answer is read. */
async function asking(port: number, bytes = ASK) {
  const socket = connect(port, '127.0.0.1')
  socket.on('error', () => {})
  socket.write(bytes)
  return { socket, data: once(socket.resume(), 'data'), [Symbol.dispose]: () => void socket.destroy() }
}

describe('a response that is not finished', () => {
  it('is broken by an error whose properties cannot be read', async () => {
    const hostile = Object.defineProperty(new RangeError('hostile'), 'syscall', {
      get() {
        throw new Error('syscall must not be read')
      },
    })
    await using kit = await serve((req) => void req.destroy(hostile))
    using _client = await asking(kit.port)
    const [ended] = await kit.ended(1)
    expect(ended).toMatchObject({ outcome: 'broken', status: undefined, error: hostile })
  })

  it('is broken where an error was reported before the client left', async () => {
    await using kit = await serve((req, res) => {
      res.write('partial')
      observationOf(kit, req, res).fail(Object.assign(new RangeError('upstream'), { code: 'ECONNRESET' }))
    })
    using client = await asking(kit.port)
    await client.data
    client.socket.end()
    expect(await kit.ended(1)).toMatchObject([{ outcome: 'broken', error: { message: 'upstream' } }])
    expect(kit.lines).toMatchObject([{ level: 'error', msg: 'request failed', status: 200 }])
  })

  it('is aborted where an error was reported when the client had left', async () => {
    await using kit = await serve((req, res) => {
      res.write('partial')
      const observation = observationOf(kit, req, res)
      req.on('aborted', () => observation.fail(Object.assign(new Error('gone'), { code: 'EPIPE' })))
    })
    using client = await asking(kit.port)
    await client.data
    client.socket.destroy()
    expect(await kit.ended(1)).toMatchObject([{ outcome: 'aborted', error: { code: 'EPIPE' } }])
    expect(kit.lines).toMatchObject([{ level: 'warn', msg: 'request aborted' }])
  })

  it('is aborted where the client leaves while it is told of its own mistake', async () => {
    await using kit = await serve((req, res) => {
      observationOf(kit, req, res).fail(Object.assign(new Error('unknown order'), { status: 404 }))
      res.statusCode = 404
      res.write('partial')
    })
    using client = await asking(kit.port)
    await client.data
    client.socket.end()
    expect(await kit.ended(1)).toMatchObject([{ outcome: 'aborted', status: 404 }])
  })

  it('is broken behind a pipelined one with which the service has destroyed the connection', async () => {
    const waiting: ServerResponse[] = []
    await using kit = await serve((_req, res) => {
      waiting.push(res)
      if (waiting.length === 2) waiting[0]?.destroy()
    })
    using _client = await asking(kit.port, ASK + ASK)
    expect((await kit.ended(2)).map(({ outcome }) => outcome)).toEqual(['broken', 'broken'])
  })

  it('is aborted behind a pipelined one with which the connection was to end', async () => {
    const waiting: ServerResponse[] = []
    await using kit = await serve((_req, res) => {
      waiting.push(res)
      if (waiting.length === 2) waiting[0]?.setHeader('connection', 'close').end('the last')
    })
    using _client = await asking(kit.port, ASK + ASK)
    expect((await kit.ended(2)).map(({ outcome }) => outcome)).toEqual(['completed', 'aborted'])
  })

  it('is said nothing more of where the application fails because it is closed', async () => {
    const failed = Promise.withResolvers<void>()
    await using kit = await serve((req, res) => {
      const observation = observationOf(kit, req, res)
      res.on('close', () => {
        observation.fail(Object.assign(new Error('closed'), { code: 'ERR_STREAM_PREMATURE_CLOSE' }))
        failed.resolve()
      })
      res.destroy(new RangeError('mine'))
    })
    using _client = await asking(kit.port)
    await failed.promise
    const { lines } = kit
    await kit.sightline.close()
    expect(lines.map(({ msg }) => msg)).toEqual(['request failed'])
  })
})

describe('a response of a server that takes no connection any more', () => {
  it('may have a head of pairs, and says that its connection ends', async () => {
    const arrived = Promise.withResolvers<ServerResponse>()
    await using kit = await serve((_req, res) => arrived.resolve(res))
    const served = servedBy(kit.server)
    const headers = { connection: 'keep-alive' }
    const sent = request({ host: '127.0.0.1', port: kit.port, agent: false, headers }).end()
    const answered = once(sent, 'response')
    const res = await arrived.promise
    const refused = served.refuse()
    // Node's types know no pairs, which its documentation does.
    res.writeHead(200, [['X-From', 'cache']] as never).end('pairs')
    const [answer] = (await answered) as [IncomingMessage]
    expect([answer.statusCode, answer.headers['x-from'], answer.headers.connection]).toEqual([
      200,
      'cache',
      'close',
    ])
    answer.resume()
    await refused
  })
})

describe('what is said of a failure', () => {
  const abort = Object.assign(new Error('reset'), { code: 'ECONNRESET' })
  it.each([
    ['went well', {}, false, ''],
    ['threw what was meant for the client', { status: 404, error: new RangeError('no') }, false, ''],
    ['threw after a good status', { error: new RangeError('no') }, true, 'RangeError'],
    ['failed without an error', { status: 503 }, true, '503'],
    ['was broken off', { outcome: 'broken' as const }, true, 'broken'],
    ['was broken off with an error', { outcome: 'broken' as const, error: abort }, true, 'Error'],
    ['was broken off after 404', { outcome: 'broken' as const, status: 404 }, true, 'broken'],
    ['was aborted', { outcome: 'aborted' as const }, false, 'aborted'],
    ['was aborted before its head', { outcome: 'aborted' as const, status: undefined }, false, 'aborted'],
    ['was aborted, which broke its work', { outcome: 'aborted' as const, error: abort }, false, 'aborted'],
    ['was aborted while it was told of a failure', { outcome: 'aborted' as const, status: 500 }, true, '500'],
  ])('is the same for all of a request that %s', (_what, differences, failed, type) => {
    const ended = record(differences)
    expect([hasFailed(ended), errorTypeOf(ended)]).toEqual([failed, type])
  })
})
