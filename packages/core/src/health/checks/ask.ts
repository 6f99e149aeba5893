import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/** A body is read so that the other side sees its answer taken; of a long one nobody needs the rest. */
const MAX_BODY_BYTES = 65_536

/** How a URL has answered. */
export interface Reply {
  readonly status: number
  /** As far as it was read. */
  readonly body: string
}

/** One question to an endpoint of another process. */
export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Asks on a connection of its own, which ends with the answer: so the question goes where the name leads to now, and
 * nothing is left that would hold the process. Redirections are answers, and not followed.
 */
export async function ask(
  url: URL,
  signal: AbortSignal,
  { method = 'GET', headers = {} }: Question,
): Promise<Reply> {
  const request = (url.protocol === 'https:' ? httpsRequest : httpRequest)(url, {
    method,
    headers: { 'user-agent': 'sightline', ...headers },
    agent: false,
    signal,
  })
  const answered = Promise.withResolvers<Reply>()
  request.on('socket', (socket) => socket.unref())
  request.on('error', answered.reject)
  request.on('response', (response) => {
    let body = ''
    response.setEncoding('utf8')
    const finish = () => answered.resolve({ status: response.statusCode ?? 0, body })
    response.on('data', (piece: string) => {
      body += piece
      if (body.length < MAX_BODY_BYTES) return
      finish()
      request.destroy()
    })
    response.on('end', finish)
    response.on('error', answered.reject)
  })
  request.end()
  return answered.promise
}

/**
 * Reads the URL of a check.
 *
 * @throws {TypeError} where it is none that can be asked over HTTP. It is not shown: it may hold a password
 */
export function askable(url: string | URL, whose: string): URL {
  const parsed = URL.parse(String(url))
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed
  throw new TypeError(
    `Sightline: ${whose} needs a URL that begins with http:// or https://, but got ${parsed ? `one of ${parsed.protocol}` : 'none'}`,
  )
}

/** A URL as a reason may show it: without credentials and query. */
export function place({ origin, pathname }: URL): string {
  return origin + pathname
}
