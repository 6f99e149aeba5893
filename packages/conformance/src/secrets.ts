import { once } from 'node:events'
import { createServer, request as httpRequest } from 'node:http'
import type { AddressInfo } from 'node:net'
import { inspect } from 'node:util'

import { expect } from '@jest/globals'
import type { Sightline } from '@sightline/core'

import type { Request, Route } from './app.ts'
import { type Call, call } from './client.ts'
import { Kit } from './kit.ts'
import type { Group } from './suite.ts'

/** Places where a handler may leave a secret. */
const IN_HANDLERS: Readonly<
  Record<string, (sightline: Sightline, request: Request, secret: string) => void>
> = {
  'a field': ({ log }, _, secret) => log.info({ password: secret }),
  'a field in another letter case': ({ log }, _, secret) =>
    log.info({ PassWord: secret, API_KEY: secret, 'x-api-key': secret }),
  'a nested field': ({ log }, _, secret) =>
    log.info({ user: { login: { access_token: secret, refreshToken: secret } } }),
  'a field within a list': ({ log }, _, secret) =>
    log.info({ users: [{ name: 'a' }, { secret }, [{ clientSecret: secret }]] }),
  'a map': ({ log }, _, secret) => log.info({ map: new Map([['password', secret]]) }),
  'a value of several parts': ({ log }, _, secret) =>
    log.info({ credentials: { user: 'a', nested: [secret] } }),
  'the headers of a request': ({ log }, { req }) => log.info({ headers: req.headers }, 'headers'),
  'a request itself': ({ log }, { req }) => log.info({ req }, 'request'),
  'a query in a text': ({ log }, _, secret) => log.info(`GET /login?user=a&token=${secret}&page=1`),
  'a query in a field': ({ log }, _, secret) => log.info({ url: `/login?access_token=${secret}` }),
  'the message of an error': ({ log }, _, secret) =>
    log.error(new Error(`login with password=${secret} failed`)),
  'a property of an error': ({ log }, _, secret) =>
    log.error(Object.assign(new Error('failed'), { config: { authorization: secret } })),
  'the cause of an error': ({ log }, _, secret) =>
    log.error(new Error('failed', { cause: Object.assign(new Error('inner'), { apiKey: secret }) })),
  'an error as a field': ({ log }, _, secret) =>
    log.error({ err: Object.assign(new Error('failed'), { token: secret }) }, 'failed'),
  'the context': ({ log, context }, _, secret) => {
    context.set({ session_token: secret, nested: { password: secret } })
    log.info('later')
  },
  'the fields of a child logger': (_, { log }, secret) => log.child({ token: secret }).info('child'),
  'the arguments of a format': ({ log }, _, secret) =>
    log.info('login %o %s %j', { password: secret }, `password=${secret}`, { token: secret }),
  'a URL with a password': ({ log }, _, secret) =>
    log.info({ dsn_url: `postgres://user:${secret}@db/shop`, url: new URL(`https://u:${secret}@h/`) }),
  'a JSON web token': ({ log }, _, secret) => log.info(`got eyJhbGciOiJIUzI1NiJ9.eyJ${secret}.${secret}`),
  'a bearer token': ({ log }, _, secret) => log.info(`sent Authorization: Bearer ${secret}`),
  'basic credentials': ({ log }, _, secret) => log.info({ note: `Basic ${secret}` }),
  'a text of JSON': ({ log }, _, secret) => log.info(`body: {"user":"a","password":"${secret}"}`),
  'a cookie': ({ log }, _, secret) =>
    log.info({ line: `Cookie: sid=${secret}; theme=dark`, 'set-cookie': [`sid=${secret}`] }),
  'the head of a request as text': ({ log }, _, secret) =>
    log.info(
      `POST /pay HTTP/1.1\r\nHost: h\r\nX-Vault-Token: ${secret}\r\nX-Shopify-Access-Token: a ${secret}\r\n\r\n`,
    ),
  'a header in a sentence': ({ log }, _, secret) => log.info(`sent X-Api-Key: ${secret}`),
  'a command line': ({ log }, _, secret) =>
    log.info(`curl -H 'X-Api-Key: ${secret}' -u bob:${secret} --oauth2-token ${secret} http://h/`),
  'names and values that take turns': ({ log }, { req }) => log.info({ rawHeaders: req.rawHeaders }),
  'a pair': ({ log }, _, secret) =>
    log.info({ headers: [['X-Api-Key', secret]], list: [{ name: 'X-Api-Key', value: secret }] }),
  'headers of the fetch standard': ({ log }, _, secret) =>
    log.info({
      headers: new Headers({ 'x-api-key': secret }),
      query: new URLSearchParams({ token: secret }),
    }),
  'a response': ({ log }, { res }, secret) => {
    res.setHeader('x-api-key', secret)
    log.info({ res }, 'response')
    log.info(res, 'response')
    res.removeHeader('x-api-key')
  },
  'a URL within a URL': ({ log }, _, secret) =>
    log.info({ url: `/login?next=${encodeURIComponent(`https://h.test/cb?access_token=${secret}`)}` }),
  'a form with brackets': ({ log }, _, secret) => log.info(`card[cvv]=${secret}&user[pin]=${secret}`),
  'short names in a query': ({ log }, _, secret) =>
    log.info({ url: `/?pass=${secret}&cvc=${secret}&ssn=${secret}&creditCard=${secret}&dsn=${secret}` }),
  'the name of a timed operation that fails': ({ log, time }, _, secret) => {
    try {
      time('login', () => {
        throw new Error(`token=${secret}`)
      })
    } catch (error) {
      log.warn(error as Error)
    }
  },
}

/** Requests with a secret. */
const IN_REQUESTS: Readonly<Record<string, (secret: string) => Call & { readonly path: string }>> = {
  'the query': (secret) => ({ path: `/plain?token=${secret}` }),
  'the query of an unknown route': (secret) => ({ path: `/nowhere?password=${secret}` }),
  'a parameter of the route that is called so': (secret) => ({ path: `/reset/${secret}` }),
  'the page that it comes from': (secret) => ({
    path: '/plain',
    headers: { referer: `https://h.test/reset/${secret}?next=${encodeURIComponent(`/reset/${secret}`)}` },
  }),
  'an encoded URL in the query': (secret) => ({
    path: `/plain?next=${encodeURIComponent(`https://h.test/cb?access_token=${secret}`)}`,
  }),
  'an encoded URL in the path': (secret) => ({
    path: `/nowhere/${encodeURIComponent(`https://h.test/cb?access_token=${secret}`)}`,
  }),
  'short names in the query': (secret) => ({
    path: `/plain?pass=${secret}&cvv=${secret}&card[cvc]=${secret}&user%5Bpin%5D=${secret}`,
  }),
  'a form': (secret) => ({
    path: '/form',
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: `card[cvv]=${secret}&user%5Bpin%5D=${secret}&code=${secret}&password=${secret}`,
  }),
  'a path that holds a pair': (secret) => ({ path: `/nowhere/token=${secret}` }),
  'the authorization header': (secret) => ({
    path: '/plain',
    headers: { authorization: `Bearer ${secret}` },
  }),
  'the cookie header': (secret) => ({ path: '/plain', headers: { cookie: `sid=${secret}` } }),
  'the user agent': (secret) => ({ path: '/plain', headers: { 'user-agent': `client (token=${secret})` } }),
  'an error that is thrown': (secret) => ({ path: '/throws', headers: { 'x-secret': secret } }),
}

export const secrets: Group = {
  promise: 'lets no secret leave',
  assertions({ adapter, check }) {
    async function everythingTold(routes: (kit: Kit) => Route[], path: string, request: Call = {}) {
      const kit = new Kit({ app: { routes: [] }, log: { headers: true, bodies: true } })
      await using running = await kit.start(adapter, { routes: routes(kit) })
      // By then a route with a secret in its path is known.
      await call(running.port, '/reset/a')
      await call(running.port, path, request)
      await running.haveEnded(2)
      expect(running.accessEvents).toBe(2)
      const format = 'openmetrics' as const
      return [
        ...running.texts,
        // The data that sinks receive.
        inspect(running.records, { depth: 10 }),
        (await running.metrics()).text,
        await running.sightline.metrics.text(format),
      ].join('')
    }

    for (const [index, [place, leave]] of Object.entries(IN_HANDLERS).entries()) {
      check(`in ${place}`, async () => {
        const secret = `hunter${index}xyzzy`
        const told = await everythingTold(
          (kit) => [
            {
              method: 'GET',
              pattern: '/work',
              async handler(request) {
                leave(kit.sightline, request, secret)
                return { body: 'worked' }
              },
            },
          ],
          '/work',
          { headers: { authorization: `Bearer ${secret}`, cookie: `sid=${secret}`, 'x-api-key': secret } },
        )
        expect(told).toContain('[redacted]')
        expect(told).not.toContain(secret)
      })
    }

    for (const [index, [place, bring]] of Object.entries(IN_REQUESTS).entries()) {
      check(`in ${place}`, async () => {
        const secret = `tr0ub4dor${index}xyzzy`
        const { path, ...request } = bring(secret)
        const told = await everythingTold(
          () => [
            { method: 'GET', pattern: '/plain', handler: () => ({ body: 'plain' }) },
            { method: 'GET', pattern: '/reset/:token', handler: () => ({ body: 'reset' }) },
            { method: 'POST', pattern: '/form', raw: true, handler: answerForm },
            {
              method: 'GET',
              pattern: '/throws',
              handler({ req }) {
                const authorization = req.headers['x-secret']
                throw Object.assign(new Error(`token=${authorization}`), {
                  request: { headers: { authorization } },
                })
              },
            },
          ],
          path,
          request,
        )
        expect(told).not.toContain(secret)
      })
    }

    check('in the request that an error of node’s client carries', async () => {
      const secret = 'opensesame'
      const told = await everythingTold(
        () => [
          {
            method: 'GET',
            pattern: '/pay',
            async handler() {
              const port = await closedPort()
              const headers = { 'X-Api-Key': secret, Cookie: `sid=${secret}` }
              const outgoing = httpRequest({ host: '127.0.0.1', port, path: `/?token=${secret}`, headers })
              return new Promise((_resolve, reject) => {
                // Like axios.
                outgoing.on('error', (error) => reject(Object.assign(error, { request: outgoing }))).end()
              })
            },
          },
        ],
        '/pay',
      )
      expect(told).toContain('"x-api-key":"[redacted]"')
      expect(told).not.toContain(secret)
    })

    check('in the record of a sink, whose error is one of the same class', async () => {
      class PaymentError extends Error {
        readonly status = 502
        readonly iban = 'DE02'
      }
      const kit = new Kit({ app: { routes: [] }, log: { redact: ['iban'] } })
      const route: Route = {
        method: 'GET',
        pattern: '/pay',
        handler() {
          throw new PaymentError('password=hunter2', { cause: new RangeError('token=hunter2') })
        },
      }
      await using running = await kit.start(adapter, { routes: [route] })
      await call(running.port, '/pay')
      await running.haveEnded(1)
      const { error } = running.record
      expect(error).toBeInstanceOf(PaymentError)
      expect(error).toMatchObject({ message: 'password=[redacted]', status: 502, iban: '[redacted]' })
      expect((error as Error).cause).toBeInstanceOf(RangeError)
      expect(inspect({ ...running.record }, { depth: 10 })).not.toMatch(/hunter2|DE02/)
    })

    check('without changing what the application holds', async () => {
      const user = { password: 'mine', list: [{ token: 'mine' }] }
      const kit = new Kit({ app: { routes: [] } })
      kit.sightline.log.info({ user })
      expect(user).toEqual({ password: 'mine', list: [{ token: 'mine' }] })
      expect(kit.texts.join('')).not.toContain('mine')
    })
  },
}

/** Parses a form without the framework's parser. */
function answerForm({ req, res }: Request): undefined {
  req.on('end', () => res.end('taken')).resume()
  return undefined
}

/** A free port without a listener. */
async function closedPort(): Promise<number> {
  const server = createServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
