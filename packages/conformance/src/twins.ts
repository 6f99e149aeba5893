import { afterAll, beforeAll, expect } from '@jest/globals'

import { bytesOf, type Conversation, converse, END, LAST, type Step } from './client.ts'
import { bare, observed } from './kit.ts'
import type { Group } from './suite.ts'
import { MALFORMED_TARGETS } from './targets.ts'

const JSON_BODY = '{"a":[1,2,{"b":"ü"}]}'
const JSON_HEADERS = ['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(JSON_BODY)}`]

/** Conversations that must be equal with and without the kit. Each makes the server close at its end. */
const CONVERSATIONS: Readonly<Record<string, Step[]>> = {
  'a root': [bytesOf('GET', '/'), LAST],
  JSON: [bytesOf('GET', '/json'), LAST],
  'plain text': [bytesOf('GET', '/text'), LAST],
  bytes: [bytesOf('GET', '/bytes'), LAST],
  'a big body': [bytesOf('GET', '/big'), LAST],
  HEAD: [bytesOf('HEAD', '/json'), LAST],
  'HEAD of a big body': [bytesOf('HEAD', '/big'), LAST],
  'HEAD of a stream': [bytesOf('HEAD', '/chunked'), LAST],
  OPTIONS: [bytesOf('OPTIONS', '/json'), LAST],
  'OPTIONS of the server': [bytesOf('OPTIONS', '*'), LAST],
  204: [bytesOf('DELETE', '/nothing'), LAST],
  304: [bytesOf('GET', '/unchanged'), LAST],
  'a conditional request': [bytesOf('GET', '/tagged', ['If-None-Match: "v1"']), LAST],
  'a redirect': [bytesOf('GET', '/moved'), LAST],
  'headers of the application': [bytesOf('GET', '/own-id'), LAST],
  'a body that is parsed': [bytesOf('POST', '/echo', JSON_HEADERS, JSON_BODY), LAST],
  'a body in chunks': [
    bytesOf(
      'POST',
      '/echo',
      ['Content-Type: application/json', 'Transfer-Encoding: chunked'],
      '4\r\n{"a"\r\n3\r\n:1}\r\n0\r\n\r\n',
    ),
    LAST,
  ],
  'a body that is no JSON': [
    bytesOf('POST', '/echo', ['Content-Type: application/json', 'Content-Length: 3'], '{a:'),
    LAST,
  ],
  'a body nobody reads': [
    bytesOf('DELETE', '/nothing', ['Content-Type: text/plain', 'Content-Length: 3'], 'abc'),
    LAST,
  ],
  'a route that does not exist': [bytesOf('GET', '/nowhere'), LAST],
  'a method that a route does not have': [bytesOf('DELETE', '/json'), LAST],
  'a method that frameworks do not know': [bytesOf('PROPFIND', '/json'), LAST],
  'a method that node does not know': [bytesOf('FROBNICATE', '/json'), LAST],
  CONNECT: [bytesOf('CONNECT', 'shop.example:443')],
  'an upgrade that nobody takes': [
    bytesOf('GET', '/text', ['Connection: upgrade', 'Upgrade: websocket']),
    { until: 'some text' },
    END,
  ],
  'a handler that throws': [bytesOf('GET', '/throws'), LAST],
  'a handler that rejects': [bytesOf('GET', '/rejects'), LAST],
  'a handler that refuses': [bytesOf('GET', '/refuses'), LAST],
  'a frozen error': [bytesOf('GET', '/throws-frozen'), LAST],
  'an error below a prefix': [bytesOf('GET', '/api/users/7/broken/9'), LAST],
  'an error after the headers': [bytesOf('GET', '/throws-late'), { until: 'partial' }, END],
  'a stream': [bytesOf('GET', '/chunked'), LAST],
  'a stream that breaks': [bytesOf('GET', '/breaks'), { until: 'one' }, END],
  'several requests on one connection': [
    bytesOf('GET', '/number/1'),
    { until: 'number 1;' },
    bytesOf('GET', '/throws'),
    bytesOf('GET', '/number/2'),
    { until: 'number 2;' },
    LAST,
  ],
  pipelining: [
    Array.from({ length: 20 }, (_, n) => bytesOf('GET', n % 3 ? `/number/${n}` : '/chunked')).join(''),
    LAST,
  ],
  'Expect: 100-continue': [
    bytesOf('POST', '/echo', ['Expect: 100-continue', ...JSON_HEADERS]),
    { until: '100 Continue' },
    JSON_BODY,
    LAST,
  ],
  'an expectation that nobody meets': [bytesOf('GET', '/text', ['Expect: magic']), LAST],
  'HTTP/1.0': ['GET /json HTTP/1.0\r\n\r\n'],
  'HTTP/1.0 with keep-alive': ['GET /json HTTP/1.0\r\nConnection: keep-alive\r\n\r\n', LAST],
  'a stream over HTTP/1.0': ['GET /chunked HTTP/1.0\r\n\r\n'],
  'HTTP/1.1 without a host': ['GET /json HTTP/1.1\r\n\r\n'],
  'Connection: close': [bytesOf('GET', '/json', ['Connection: close'])],
  'Connection: close of an error': [bytesOf('GET', '/throws', ['Connection: close'])],
  'an absolute target': [bytesOf('GET', 'http://shop.example/json'), LAST],
  'a head of the application': [bytesOf('GET', '/raw/head'), LAST],
  'a list of headers': [bytesOf('GET', '/raw/list'), LAST],
  'a body in pieces': [bytesOf('GET', '/raw/pieces'), LAST],
  'a declared length': [bytesOf('GET', '/raw/length'), LAST],
  'early hints': [bytesOf('GET', '/raw/hints'), LAST],
  'flushed headers': [bytesOf('GET', '/raw/flushed'), LAST],
  trailers: [bytesOf('GET', '/raw/trailers'), LAST],
  'a connection that the application destroys': [bytesOf('GET', '/raw/destroyed')],
  'a response that the application cuts': [bytesOf('GET', '/raw/cut')],
  'bytes that are no HTTP': ['\u0016\u0003\u0001 no HTTP\r\n\r\n'],
  'headers that are too large': [bytesOf('GET', '/text', [`X-Large: ${'x'.repeat(20_000)}`]), LAST],
  'a header without a name': [bytesOf('GET', '/text', [': nothing']), LAST],
}

/** Removes the permitted differences between the twins. */
export function comparable({ bytes, fate }: Conversation): string {
  const same = bytes
    .replace(/\r\nDate: [^\r]*/gi, '')
    .replace(/\r\nx-request-id: [A-Za-z0-9._-]{1,128}(?=\r)/gi, '')
  return `${same}<${fate}>`
}

export const twins: Group = {
  promise: 'never changes a response',
  assertions({ adapter, check, routes, shop }) {
    // Express answers with an error's stack, which has a frame for each middleware, including the kit.
    const { stackTraceLimit } = Error
    beforeAll(() => {
      Error.stackTraceLimit = 0
    })
    afterAll(() => {
      Error.stackTraceLimit = stackTraceLimit
    })

    const titleOf = (what: string) => `answers as its bare twin does: ${what}`
    for (const [what, steps] of Object.entries(CONVERSATIONS)) {
      check(titleOf(what), async () => {
        await using kit = await shop()
        await using twin = await bare(adapter, { routes })
        const [withKit, without] = await Promise.all([
          converse(kit.port, ...steps),
          converse(twin.port, ...steps),
        ])
        expect(comparable(withKit)).toBe(comparable(without))
        expect(kit.ended).toBe(kit.seen)
      })
    }

    check(
      'answers as its bare twin does, whatever of it is shown in the log',
      async () => {
        const log = { headers: true, bodies: true, debugOnFailure: true }
        const same = Object.entries(CONVERSATIONS).filter(([what]) => !adapter.deviations?.[titleOf(what)])
        for (const [what, steps] of same) {
          await using kit = await shop({ log })
          await using twin = await bare(adapter, { routes })
          const withKit = comparable(await converse(kit.port, ...steps))
          expect(`${what}: ${withKit}`).toBe(`${what}: ${comparable(await converse(twin.port, ...steps))}`)
        }
      },
      60_000,
    )

    check('answers as its bare twin does: a refusal before the route', async () => {
      const app = { routes, guard: () => ({ status: 401, body: 'who are you?' }) }
      await using kit = await observed(adapter, { app })
      await using twin = await bare(adapter, app)
      const steps = [bytesOf('GET', '/users/7'), bytesOf('POST', '/echo', JSON_HEADERS, JSON_BODY), LAST]
      expect(comparable(await converse(kit.port, ...steps))).toBe(
        comparable(await converse(twin.port, ...steps)),
      )
    })

    check('answers as its bare twin does: request targets that are malformed', async () => {
      await using kit = await shop()
      await using twin = await bare(adapter, { routes })
      const answersOf = async (port: number) => {
        const answers: Record<string, string> = {}
        for (const target of MALFORMED_TARGETS)
          answers[target] = comparable(
            await converse(port, Buffer.from(bytesOf('GET', target), 'latin1'), LAST),
          )
        return answers
      }
      expect(MALFORMED_TARGETS.length).toBeGreaterThanOrEqual(40)
      expect(await answersOf(kit.port)).toEqual(await answersOf(twin.port))
    })

    check('adds exactly one header to a response', async () => {
      await using kit = await shop()
      const { bytes } = await converse(kit.port, bytesOf('GET', '/json', ['Connection: close']))
      expect(bytes.match(/^x-request-id: /gim)).toHaveLength(1)
    })
  },
}
