import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createRequire } from 'node:module'
import type { AddressInfo } from 'node:net'

import { describe, expect, it } from '@jest/globals'
import { fromPinoHttp, type PinoHttpOptions } from '@sightline/core/migrate'
import express, { type RequestHandler } from 'express'
import { pino, type SerializerFn } from 'pino'

import { sightline } from '../src/index.ts'

// Its types would declare `req.id` for all requests of the program, including other tests.
const pinoHttp = createRequire(import.meta.url)('pino-http') as {
  (options: object, stream: object): RequestHandler
  readonly stdSerializers: Record<'err' | 'req' | 'res', SerializerFn>
}

type Line = Record<string, unknown>

/** The well-known options of pino-http, each once. */
const options = {
  level: 'debug',
  genReqId(req: IncomingMessage, res: ServerResponse) {
    const id = `own-${String(req.headers['x-number'])}`
    res.setHeader('x-own-id', id)
    return id
  },
  customLogLevel(_req: IncomingMessage, res: ServerResponse, error?: Error) {
    if (error || res.statusCode >= 500) return 'fatal'
    if (res.statusCode === 404) return 'warn'
    return res.statusCode === 204 ? 'silent' : 'debug'
  },
  customProps: (req: IncomingMessage) => ({ tenant: req.headers['x-tenant'] }),
  customSuccessMessage: (req: IncomingMessage, res: ServerResponse) => `${req.method} gave ${res.statusCode}`,
  customErrorMessage: (_req: IncomingMessage, res: ServerResponse, error: Error) =>
    `gave ${res.statusCode}: ${error.message}`,
  serializers: {
    req: (req: { method: string; url: string; raw: IncomingMessage }) => ({
      what: `${req.method} ${req.url}`,
      agent: req.raw.headers['user-agent'],
    }),
    user: (user: { name: string }) => user.name.toUpperCase(),
  },
  autoLogging: {
    // Behind a mounted router, /api/ping is /ping. Any truthy value counts.
    ignore: (req: IncomingMessage) => ['/ignored', '/internal/ping', '/ping'].find((url) => url === req.url),
  },
  redact: { paths: ['user.iban', 'iban'], censor: 'gone' },
} satisfies PinoHttpOptions & { redact: object }

/** Fields that a handler logs. */
const CUSTOMER = { customer: { 'x-iban': 'DE01', 'tax.id': '01', card: { number: '41', brand: 'visa' } } }

const PATHS = [
  '/orders/7',
  '/ignored',
  '/internal/ping',
  '/api/ping',
  '/empty',
  '/none',
  '/missing',
  '/refused',
  '/fails',
]

/** The lines of both libraries for the same requests. */
async function linesOf(middleware: (write: (line: string) => void) => RequestHandler): Promise<Line[]> {
  const lines: Line[] = []
  const closed: Array<Promise<unknown>> = []
  const app = express()
  app.use((_req, res, next) => {
    closed.push(once(res, 'close'))
    next()
  })
  app.use(middleware((line) => void lines.push(JSON.parse(line) as Line)))
  app.get('/orders/:id', (req, res) => {
    req.log.info({ user: { name: 'ada' }, iban: 'DE00', ...CUSTOMER }, 'in the handler')
    Object.assign(res, { err: null })
    res.end('found')
  })
  app.get('/ignored', (_req, res) => void res.end())
  const mounted = express.Router().get('/ping', (_req, res) => void res.end())
  app.use('/internal', mounted).use('/api', mounted)
  app.get('/empty', (_req, res) => void res.status(204).end())
  app.get('/missing', () => {
    throw Object.assign(new Error('no such order'), { status: 404 })
  })
  app.get('/refused', (_req, res) => {
    const error = Object.assign(new Error('not yours'), { status: 403 })
    Object.assign(res, { err: error })
    throw error
  })
  app.get('/fails', (_req, res) => {
    const error = new Error('broken')
    // pino-http reads the error from here.
    Object.assign(res, { err: error })
    throw error
  })
  app.use(((error: { status?: number }, _req, res, _next) => {
    res.status(error.status ?? 500).end()
  }) as express.ErrorRequestHandler)
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  let number = 0
  for (const path of PATHS) {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, {
      headers: { 'x-number': String(++number), 'x-tenant': 'acme', 'user-agent': 'test' },
    })
    await response.text()
    expect(response.headers.get('x-own-id')).toBe(`own-${number}`)
  }
  await Promise.all(closed)
  server.close().closeAllConnections()
  await once(server, 'close')
  return lines
}

const LEVELS: Record<number, string> = { 20: 'debug', 30: 'info', 40: 'warn', 60: 'fatal' }

describe('a service that comes from pino-http', () => {
  it('keeps what its options say', async () => {
    const before = await linesOf((write) => pinoHttp({ ...options }, { write }))
    const after = await linesOf((write) =>
      sightline({ service: 'shop', ...fromPinoHttp({ ...options, stream: { write } }) }),
    )
    // Both keep the same requests, levels, messages and fields.
    const shared = (lines: Line[]) =>
      lines.map(({ level, msg, tenant, user, req }) => ({
        level: typeof level === 'number' ? LEVELS[level] : level,
        msg,
        tenant,
        user,
        req,
      }))
    const isEvent = ({ msg }: Line) => msg !== 'in the handler'
    expect(shared(after.filter(isEvent))).toEqual(shared(before.filter(isEvent)))
    expect(shared(after.filter(isEvent))).toEqual([
      {
        level: 'debug',
        msg: 'GET gave 200',
        tenant: 'acme',
        user: undefined,
        req: { what: 'GET /orders/7', agent: 'test' },
      },
      expect.objectContaining({ msg: 'GET gave 200', req: { what: 'GET /api/ping', agent: 'test' } }),
      expect.objectContaining({ level: 'warn', msg: 'GET gave 404' }),
      expect.objectContaining({ level: 'warn', msg: 'GET gave 404' }),
      expect.objectContaining({ level: 'debug', msg: 'gave 403: not yours' }),
      expect.objectContaining({ level: 'fatal', msg: 'gave 500: broken' }),
    ])
    const [own] = after
    expect(own).toMatchObject({
      msg: 'in the handler',
      user: 'ADA',
      iban: '[redacted]',
      request_id: 'own-1',
    })
  })

  it('masks what paths in brackets name', async () => {
    const redact = {
      paths: ['customer["x-iban"]', "customer['tax.id']", 'customer.card[number]', 'req.headers["x-tenant"]'],
      censor: '[redacted]',
    }
    const given = { genReqId: options.genReqId, redact }
    const serializers = {
      req: ({ headers }: { headers: object }) => ({ headers }),
    }
    const before = await linesOf((write) => pinoHttp({ ...given, serializers }, { write }))
    const after = await linesOf((write) =>
      sightline(fromPinoHttp({ ...given, serializers, stream: { write } })),
    )
    const shown = (lines: Line[]) => [
      lines.find(({ msg }) => msg === 'in the handler')?.customer,
      (lines.find(({ msg }) => msg === 'request completed')?.req as Line | undefined)?.headers,
    ]
    const masked = {
      'x-iban': '[redacted]',
      'tax.id': '[redacted]',
      card: { number: '[redacted]', brand: 'visa' },
    }
    const headers = expect.objectContaining({ 'x-number': '1', 'x-tenant': '[redacted]' })
    expect(shown(before)).toEqual([masked, headers])
    expect(shown(after)).toEqual([masked, headers])
  })

  it('can tell all of its events one level, or have none', async () => {
    const loud = await linesOf((write) =>
      sightline(fromPinoHttp({ useLevel: 'warn', genReqId: options.genReqId, stream: { write } })),
    )
    expect(new Set(loud.filter(({ outcome }) => outcome).map(({ level }) => level))).toEqual(
      new Set(['warn']),
    )
    const none = await linesOf((write) =>
      sightline(fromPinoHttp({ autoLogging: false, genReqId: options.genReqId, stream: { write } })),
    )
    expect(none.map(({ msg }) => msg)).toEqual(['in the handler'])
  })

  it.each([
    ['pino', pino.stdSerializers],
    ['pino-http', pinoHttp.stdSerializers],
  ])('may have the serializers of %s itself', async (_whose, { err, req, res }) => {
    const lines = await linesOf((write) =>
      sightline(
        fromPinoHttp({ genReqId: options.genReqId, serializers: { err, req, res }, stream: { write } }),
      ),
    )
    expect(lines.at(-1)).toMatchObject({
      req: { method: 'GET', url: '/fails' },
      res: { statusCode: 500 },
      err: { type: 'Error', message: 'broken' },
    })
  })

  it.each([
    [
      { customAttributeKeys: { req: 'request' } },
      'pino-http\'s option customAttributeKeys is {"req":"request"}, but has no counterpart here',
    ],
    [{ serializers: { err: () => 1 } }, "pino-http's option serializers.err has no counterpart here"],
  ])('is told which option has no counterpart: %j', (given, sentence) => {
    expect(() => fromPinoHttp(given as PinoHttpOptions)).toThrow(sentence)
  })
})
