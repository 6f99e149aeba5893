import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'

/**
 * Maximum bytes of a body that are read. The server sees a short response as received; the rest of a long one
 * is not needed.
 */
const MAX_BODY_BYTES = 65_536

/** The response of a URL. */
export interface Reply {
  readonly status: number
  /** The part that was read. */
  readonly body: string
}

/** A request to an endpoint of another process. */
export interface Question {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
}

/**
 * Sends a request on a new connection that ends with the response: it uses the current DNS entry, and leaves
 * nothing that keeps the process alive. Redirects are returned, not followed.
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
 * Parses the URL of a check.
 *
 * @throws {TypeError} for a URL that is not HTTP. The message leaves it out, since it may hold a password
 */
export function askable(url: string | URL, whose: string): URL {
  const parsed = URL.parse(String(url))
  if (parsed && /^https?:$/.test(parsed.protocol)) return parsed
  throw new TypeError(
    `Sightline: ${whose} needs a URL that begins with http:// or https://, but got ${parsed ? `one of ${parsed.protocol}` : 'none'}`,
  )
}

/** A URL for a reason text: without credentials and query. */
export function place({ origin, pathname }: URL): string {
  return origin + pathname
}
