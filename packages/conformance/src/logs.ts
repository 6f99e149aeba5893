import { expect } from '@jest/globals'
import { ACCESS_FIELDS, LINE_FIELDS } from '@sightline/core/telemetry'

import type { Request, Route } from './app.ts'
import { bytesOf, call, CLOCK_STEP_MS, open, post } from './client.ts'
import { HOSTILE_VALUES } from './hostile.ts'
import { Kit, type KitOptions } from './kit.ts'
import type { Group } from './suite.ts'

/** Typed as `string`, since the types would check the values against a literal format. */
const FORMAT: string = 'as %s, %d, %j and %o'

const RESERVED = [...LINE_FIELDS]

const EVENT_FIELDS = [...new Set([...RESERVED, ...ACCESS_FIELDS])]

/** The keys of a line's own object, with duplicates, which `JSON.parse` would hide. */
function keysOf(text: string): string[] {
  const keys: string[] = []
  let depth = 0
  for (const [token, , colon] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*)(:)?|[{}[\]]/g)) {
    if (token === '{' || token === '[') depth++
    else if (token === '}' || token === ']') depth--
    else if (colon && depth === 1) keys.push(JSON.parse(token.slice(0, -1)) as string)
  }
  return keys
}

/** Asserts that a text is one line of JSON with each reserved key exactly once. */
function expectOneLine(text: string): void {
  expect(text.indexOf('\n')).toBe(text.length - 1)
  expect(() => JSON.parse(text) as unknown).not.toThrow()
  const keys = keysOf(text)
  // A call without a message gives a line without one.
  const messages = keys.includes('msg') ? 1 : 0
  expect(RESERVED.map((key) => [key, keys.filter((each) => each === key).length])).toEqual(
    RESERVED.map((key) => [key, key === 'msg' ? messages : 1]),
  )
  expect(text.length).toBeLessThan(200_000)
  expect(text).not.toContain('\u001b')
}

export const logs: Group = {
  promise: 'writes log lines that hold whatever is handed over',
  assertions({ adapter, check, shop }) {
    async function withRoute(handler: (kit: Kit, request: Request) => void, log: KitOptions['log'] = {}) {
      const kit = new Kit({ app: { routes: [] }, log })
      const route: Route = {
        method: 'GET',
        pattern: '/work',
        async handler(request) {
          handler(kit, request)
          return { body: 'worked' }
        },
      }
      return kit.start(adapter, { routes: [route] })
    }

    check('tells of a request in one access event with every field', async () => {
      await using kit = await shop()
      const headers = { 'user-agent': 'a client/1.0', 'x-request-id': 'r1' }
      const before = Date.now()
      await post(kit.port, '/echo?page=1', { a: 1 }, headers)
      await kit.haveEnded(1)
      expect(kit.access).toHaveLength(1)
      const [line = {}] = kit.access
      expect(keysOf(kit.texts.find((text) => text.includes('outcome')) ?? '').toSorted()).toEqual(
        EVENT_FIELDS.toSorted(),
      )
      expect(line).toMatchObject({
        level: 'info',
        msg: 'request completed',
        service: 'shop',
        request_id: 'r1',
        method: 'POST',
        path: '/echo',
        route: '/echo',
        status: 201,
        outcome: 'completed',
        request_bytes: 7,
        client_ip: expect.stringMatching(/127\.0\.0\.1$/),
        user_agent: 'a client/1.0',
      })
      expect(line.duration_ms).toBeGreaterThan(0)
      expect(Date.parse(line.time as string)).toBeGreaterThan(before - CLOCK_STEP_MS)
      expect(Date.parse(line.time as string)).toBeLessThan(Date.now() + CLOCK_STEP_MS)
    })

    check('gives the access event its level', async () => {
      await using kit = await shop()
      for (const path of ['/json', '/nowhere', '/refuses', '/throws', '/rejects']) await call(kit.port, path)
      const socket = await open(kit.port)
      socket.write(bytesOf('GET', '/hangs'))
      await kit.haveArrived(6)
      socket.destroy()
      await kit.haveEnded(6)
      expect(kit.access.map(({ path, level, msg, status }) => [path, level, msg, status])).toEqual([
        ['/json', 'info', 'request completed', 200],
        ['/nowhere', 'info', 'request completed', 404],
        ['/refuses', 'info', 'request completed', 422],
        ['/throws', 'error', 'request failed', 500],
        ['/rejects', 'error', 'request failed', 500],
        ['/hangs', 'warn', 'request aborted', null],
      ])
      expect(kit.access[3]).toMatchObject({
        err: { type: 'Error', message: 'thrown', stack: expect.any(String) },
      })
      expect(kit.access[1]).toMatchObject({ route: null })
    })

    check(
      'writes one line for each request at info, and none where the level or the path is silent',
      async () => {
        const lines: string[] = []
        const destination = { write: (line: string) => void lines.push(line) }
        await using kit = await shop({ log: { level: 'info', destination, ignore: ['/users/*', '/text'] } })
        for (const path of ['/json', '/text', '/users/7', '/number/1']) await call(kit.port, path)
        await kit.haveEnded(4)
        expect(lines.map((line) => (JSON.parse(line) as { path: string }).path)).toEqual([
          '/json',
          '/number/1',
        ])
        lines.length = 0
        await using silent = await shop({ log: { level: 'silent', destination } })
        await call(silent.port, '/throws')
        await silent.haveEnded(1)
        expect(lines).toEqual([])
      },
    )

    check('writes the debug lines of a request that fails, and none of one that does not', async () => {
      await using kit = await withRoute(
        ({ sightline }, { req, log }) => {
          log.debug({ step: 1 }, 'by the request')
          sightline.log.debug({ step: 2 }, 'by the service')
          log.info('worked')
          if (req.headers['x-fail']) throw new Error('thrown')
        },
        { level: 'info', debugOnFailure: true },
      )
      expect((await call(kit.port, '/work', { headers: { 'x-request-id': 'well' } })).status).toBe(200)
      const headers = { 'x-request-id': 'ill', 'x-fail': 'yes' }
      expect((await call(kit.port, '/work', { headers })).status).toBe(500)
      await kit.haveEnded(2)
      const linesOf = (id: string) => kit.lines.filter(({ request_id }) => request_id === id)
      expect(linesOf('well').map(({ msg }) => msg)).toEqual(['worked', 'request completed'])
      expect(linesOf('ill')).toMatchObject([
        { level: 'info', msg: 'worked' },
        { level: 'debug', msg: 'by the request', step: 1 },
        { level: 'debug', msg: 'by the service', step: 2 },
        { level: 'error', msg: 'request failed' },
      ])
    })

    check('gives the lines and the access events of a route a level of their own', async () => {
      const write: Route['handler'] = ({ log }) => {
        log.debug('by the request')
        kit.sightline.log.info('by the service')
        return { body: 'worked' }
      }
      const routes = ['/loud/:id', '/quiet/:id', '/other'].map((pattern): Route => ({
        method: 'GET',
        pattern,
        handler: write,
      }))
      const guard = () => {
        kit.sightline.log.debug('before the handler')
        kit.sightline.log.info('before the handler')
        return undefined
      }
      const levels = { '/loud/:id': 'debug', '/quiet/:id': 'warn' } as const
      await using kit = new Kit({ app: { routes: [] }, log: { level: 'info', levels } })
      await kit.start(adapter, { routes, guard })
      for (const path of ['/loud/1', '/quiet/1', '/other'])
        await call(kit.port, path, { headers: { 'x-request-id': path.slice(1).replace('/', '-') } })
      await kit.haveEnded(3)
      const told = (id: string) =>
        kit.lines.filter(({ request_id }) => request_id === id).map(({ level, msg }) => [level, msg])
      const own = [
        ['debug', 'by the request'],
        ['info', 'by the service'],
        ['info', 'request completed'],
      ]
      const early = (level: string) => [level, 'before the handler']
      const fromTheStart = adapter.routeIsKnown === 'from the start'
      expect(told('loud-1')).toEqual([...(fromTheStart ? [early('debug')] : []), early('info'), ...own])
      expect(told('quiet-1')).toEqual(fromTheStart ? [] : [early('info')])
      expect(told('other')).toEqual([early('info'), ...own.slice(1)])
    })

    for (const [what, make] of Object.entries(HOSTILE_VALUES)) {
      check(`holds ${what}`, async () => {
        await using kit = await withRoute(({ sightline }, { log }) => {
          for (const logger of [log, sightline.log]) {
            logger.info({ value: make() }, 'as a field')
            logger.info({ deep: [{ value: make() }] }, 'below')
            logger.info(make() as object, 'itself')
            logger.info(make() as object)
            logger.info(FORMAT, ...([make(), make(), make(), make()] as never[]))
            logger.child({ value: make() }).info('in a child')
          }
          sightline.context.set({ value: make() })
          sightline.context.set(make() as Record<string, unknown>)
          log.info('with it in the context')
        })
        const { status } = await call(kit.port, '/work')
        expect(status).toBe(200)
        await kit.haveEnded(1)
        // Two loggers in six ways each, one line with the context, one access event.
        expect(kit.texts).toHaveLength(14)
        for (const text of kit.texts) expectOneLine(text)
        for (const line of kit.lines)
          expect(line).toMatchObject({ service: 'shop', request_id: kit.record.id })
        expect(kit.lines.map(({ level }) => level)).toEqual(kit.lines.map(() => 'info'))
      })
    }
  },
}
