import { expect } from '@jest/globals'
import type { Sightline } from '@sightline/core'

import type { Request, Route } from './app.ts'
import { call } from './client.ts'
import { Kit } from './kit.ts'
import type { Group } from './suite.ts'

/** Places in which a handler may leave a secret. */
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

/** Requests that bring a secret along. */
const IN_REQUESTS: Readonly<
  Record<string, (secret: string) => { path: string; headers?: Record<string, string> }>
> = {
  'the query': (secret) => ({ path: `/plain?token=${secret}` }),
  'the query of an unknown route': (secret) => ({ path: `/nowhere?password=${secret}` }),
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
    async function everythingTold(
      routes: (kit: Kit) => Route[],
      path: string,
      headers: Record<string, string> = {},
    ) {
      const kit = new Kit({ app: { routes: [] } })
      await using running = await kit.start(adapter, { routes: routes(kit) })
      await call(running.port, path, { headers })
      await running.haveEnded(1)
      expect(running.accessEvents).toBe(1)
      const format = 'openmetrics' as const
      return [
        ...running.texts,
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
          { authorization: `Bearer ${secret}`, cookie: `sid=${secret}`, 'x-api-key': secret },
        )
        expect(told).toContain('[redacted]')
        expect(told).not.toContain(secret)
      })
    }

    for (const [index, [place, bring]] of Object.entries(IN_REQUESTS).entries()) {
      check(`in ${place}`, async () => {
        const secret = `tr0ub4dor${index}xyzzy`
        const { path, headers } = bring(secret)
        const told = await everythingTold(
          () => [
            { method: 'GET', pattern: '/plain', handler: () => ({ body: 'plain' }) },
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
          headers,
        )
        expect(told).not.toContain(secret)
      })
    }

    check('without changing what the application holds', async () => {
      const user = { password: 'mine', list: [{ token: 'mine' }] }
      const kit = new Kit({ app: { routes: [] } })
      kit.sightline.log.info({ user })
      expect(user).toEqual({ password: 'mine', list: [{ token: 'mine' }] })
      expect(kit.texts.join('')).not.toContain('mine')
    })
  },
}
