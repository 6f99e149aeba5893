import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { text as textOf } from 'node:stream/consumers'

import type { Tally } from './tally.ts'

/** The response to a request. */
export interface Answer {
  readonly status: number
  /** `undefined` if it was not JSON. */
  readonly body: unknown
}

/** The options of a request. */
export interface Wish {
  readonly body?: unknown
  /** Milliseconds without a response after which the visitor leaves. */
  readonly patienceMs?: number
}

/** Maximum patience of a visitor. */
const MOST_PATIENCE_MS = 10_000

/** A visitor's HTTP client: sends requests, keeps the cookie, and counts. */
export class Browser {
  readonly #url: string
  readonly #userAgent: string
  readonly #tally: Tally
  // Each visitor has separate connections, closed at the end of the visit.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })
  #cookie: string | undefined = undefined

  constructor(url: string, userAgent: string, tally: Tally) {
    this.#url = url
    this.#userAgent = userAgent
    this.#tally = tally
  }

  /** Sends a request. `undefined` without a response, or if the visitor left before it. */
  async ask(method: string, path: string, wish: Wish = {}): Promise<Answer | undefined> {
    const answer = await this.#exchange(method, path, wish)
    this.#tally.end(answer.ending)
    return typeof answer.ending === 'number' ? { status: answer.ending, body: answer.body } : undefined
  }

  close(): void {
    this.#agent.destroy()
  }

  async #exchange(method: string, path: string, { body, patienceMs = MOST_PATIENCE_MS }: Wish) {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const outgoing = this.#open(method, path, text)
    let left = false
    let patience: NodeJS.Timeout | undefined
    const leave = () => {
      left = true
      outgoing.destroy()
    }
    outgoing.once('finish', () => {
      // From here on the request counts as sent.
      this.#tally.sent++
      if (patienceMs === 0) leave()
      else patience = setTimeout(leave, patienceMs).unref()
    })
    try {
      const response = await send(outgoing, text)
      this.#keepCookie(response)
      return { ending: response.statusCode ?? 0, body: await contentOf(response) }
    } catch {
      return { ending: left ? ('left' as const) : ('lost' as const), body: undefined }
    } finally {
      clearTimeout(patience)
    }
  }

  #open(method: string, path: string, text: string | undefined): ClientRequest {
    return request(this.#url, {
      method,
      path,
      agent: this.#agent,
      headers: {
        accept: 'application/json',
        'user-agent': this.#userAgent,
        ...(this.#cookie !== undefined && { cookie: this.#cookie }),
        ...(text !== undefined && {
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(text),
        }),
      },
    })
  }

  #keepCookie({ headers }: IncomingMessage): void {
    const [cookie] = headers['set-cookie'] ?? []
    if (cookie !== undefined) this.#cookie = cookie.split(';')[0]
  }
}

function send(outgoing: ClientRequest, text: string | undefined): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    outgoing.once('response', resolve)
    // Errors after the response have no effect.
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

async function contentOf(response: IncomingMessage): Promise<unknown> {
  const text = await textOf(response)
  const isJson = response.headers['content-type']?.startsWith('application/json') === true
  return isJson && text !== '' ? JSON.parse(text) : undefined
}
