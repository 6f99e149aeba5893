import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'

/** A request that arrived. */
interface Arrived {
  readonly method: string
  readonly path: string
  readonly query: URLSearchParams
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

/** An answer: a status, a body that becomes JSON if it is no text, and headers. */
export interface Answer {
  readonly status?: number
  readonly body: unknown
  readonly headers?: Readonly<Record<string, string>>
}

/** A server with given answers, by path. A list is answered one after the other, and its last one for good. */
export async function startAnswers(answers: Readonly<Record<string, Answer | readonly Answer[]>>) {
  const arrived: Arrived[] = []
  const arrivals = new EventEmitter()
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      const url = new URL(req.url ?? '/', 'http://hub')
      arrived.push({
        method: req.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: req.headers,
        body,
      })
      arrivals.emit('request')
      const given = answers[url.pathname] ?? { status: 404, body: { error: 'There is nothing here.' } }
      const before = arrived.filter(({ path }) => path === url.pathname).length - 1
      const {
        status = 200,
        body: answer,
        headers = {},
      } = isList(given) ? (given[before] ?? given.at(-1) ?? { body: '' }) : given
      res.writeHead(status, headers)
      res.end(typeof answer === 'string' ? answer : JSON.stringify(answer))
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    /** Resolves when the given number of requests has arrived. */
    async has(count: number) {
      while (arrived.length < count) await once(arrivals, 'request')
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, 'close')
      server.close()
      server.closeAllConnections()
      await closed
    },
  }
}

function isList(answer: Answer | readonly Answer[]): answer is readonly Answer[] {
  return Array.isArray(answer)
}
