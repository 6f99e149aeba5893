import { once } from 'node:events'
import { Readable } from 'node:stream'

import type { Route } from './app.ts'

/** The routes of the application that most assertions use. */
export function shop(wildcard = '*'): Route[] {
  return [
    ...answers(),
    ...failures(),
    ...streams(),
    ...rawResponses(),
    { method: 'GET', pattern: '/', handler: () => ({ body: 'root' }) },
    { method: 'GET', pattern: '/users/:id', handler: ({ params }) => ({ body: { user: params.id } }) },
    { method: 'GET', prefix: '/api/v1', pattern: '/items', handler: () => ({ body: { items: [] } }) },
    {
      method: 'GET',
      prefix: '/api/users/:id',
      pattern: '/orders/:oid',
      handler: ({ params }) => ({ body: { order: params.oid } }),
    },
    {
      method: 'GET',
      prefix: '/api/users/:id',
      pattern: '/broken/:oid',
      handler() {
        throw new Error('broken below a prefix')
      },
    },
    { method: 'GET', pattern: `/files/${wildcard}`, handler: () => ({ body: 'a file' }) },
  ]
}

function answers(): Route[] {
  return [
    { method: 'GET', pattern: '/json', handler: () => ({ body: { hello: 'wörld' } }) },
    { method: 'GET', pattern: '/text', handler: () => ({ body: 'some text' }) },
    { method: 'GET', pattern: '/number/:n', handler: ({ params }) => ({ body: `number ${params.n};` }) },
    { method: 'GET', pattern: '/bytes', handler: () => ({ body: Buffer.from([0, 1, 2, 250]) }) },
    { method: 'GET', pattern: '/big', handler: () => ({ body: 'x'.repeat(1_000_000) }) },
    { method: 'DELETE', pattern: '/nothing', handler: () => ({ status: 204 }) },
    { method: 'GET', pattern: '/unchanged', handler: () => ({ status: 304, headers: { etag: '"v1"' } }) },
    { method: 'GET', pattern: '/tagged', handler: () => ({ headers: { etag: '"v1"' }, body: 'tagged' }) },
    { method: 'POST', pattern: '/echo', handler: ({ body }) => ({ status: 201, body: { got: body } }) },
    {
      method: 'GET',
      pattern: '/moved',
      handler: () => ({ status: 302, headers: { location: '/text' }, body: 'over there' }),
    },
    {
      method: 'GET',
      pattern: '/own-id',
      handler: () => ({ headers: { 'x-powered-by': 'steam', server: 'mine' }, body: 'mine' }),
    },
  ]
}

function failures(): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/throws',
      handler() {
        throw new Error('thrown')
      },
    },
    {
      method: 'GET',
      pattern: '/rejects',
      async handler() {
        await Promise.resolve()
        throw new Error('rejected')
      },
    },
    {
      method: 'GET',
      pattern: '/refuses',
      handler() {
        throw Object.assign(new Error('not that one'), { status: 422, statusCode: 422, expose: true })
      },
    },
    {
      method: 'GET',
      pattern: '/throws-frozen',
      handler() {
        throw Object.freeze(new Error('frozen'))
      },
    },
    {
      method: 'GET',
      pattern: '/throws-hostile',
      handler() {
        const error = new Error('hostile')
        for (const name of ['code', 'cause', 'details']) {
          Object.defineProperty(error, name, {
            enumerable: true,
            get() {
              throw new Error(`${name} must not be read`)
            },
          })
        }
        throw error
      },
    },
    {
      method: 'GET',
      pattern: '/throws-late',
      raw: true,
      async handler({ res }) {
        res.write('partial')
        await Promise.resolve()
        throw new Error('after the headers')
      },
    },
  ]
}

function streams(): Route[] {
  return [
    {
      method: 'GET',
      pattern: '/chunked',
      handler: () => ({ body: Readable.from(['one ', 'two ', 'three']) }),
    },
    {
      method: 'GET',
      pattern: '/breaks',
      handler: () => ({
        body: Readable.from(
          (async function* pieces() {
            yield 'one '
            throw new Error('the source broke')
          })(),
        ),
      }),
    },
    {
      // Answers too late: the framework writes to a response without a reader.
      method: 'GET',
      pattern: '/hangs',
      async handler({ res }) {
        if (!res.destroyed) await once(res, 'close')
        return { body: 'too late' }
      },
    },
    {
      method: 'GET',
      pattern: '/endless',
      raw: true,
      async handler({ res }) {
        const gone = res.destroyed ? Promise.resolve() : once(res, 'close')
        while (!res.destroyed)
          if (!res.write('x'.repeat(65_536))) await Promise.race([once(res, 'drain'), gone])
      },
    },
  ]
}

function rawResponses(): Route[] {
  const raw = (pattern: string, handler: Route['handler']): Route => ({
    method: 'GET',
    pattern,
    raw: true,
    handler,
  })
  return [
    raw(
      '/raw/head',
      ({ res }) => void res.writeHead(201, 'Made', { 'X-Case': 'Kept', 'x-list': ['a', 'b'] }).end('made'),
    ),
    raw(
      '/raw/list',
      ({ res }) =>
        void res.writeHead(200, ['Set-Cookie', 'a=1', 'Set-Cookie', 'b=2', 'X-Case', 'Kept']).end('list'),
    ),
    raw('/raw/pieces', ({ res }) => {
      res.write('one ')
      res.write(Buffer.from('two '))
      res.end('dGhyZWU=', 'base64')
    }),
    raw('/raw/length', ({ res }) => {
      res.setHeader('Content-Length', 6)
      res.write('one')
      res.end('two')
    }),
    raw('/raw/hints', ({ res }) => {
      res.writeProcessing()
      res.writeEarlyHints({ link: '</style.css>; rel=preload' }, () => res.end('hinted'))
    }),
    raw('/raw/flushed', ({ res }) => {
      res.flushHeaders()
      res.end('flushed')
    }),
    raw('/raw/trailers', ({ res }) => {
      res.writeHead(200, { trailer: 'x-sum' })
      res.write('body')
      res.addTrailers({ 'x-sum': '42' })
      res.end()
    }),
    raw('/raw/destroyed', ({ res }) => void res.destroy()),
    raw('/raw/cut', ({ res }) => void res.write('cut', () => res.destroy())),
    raw('/raw/fails', ({ res }) => void res.write('cut', () => res.destroy(new RangeError('it failed')))),
  ]
}
