import { Agent, type ClientRequest, type IncomingMessage, request } from 'node:http'
import { text as textOf } from 'node:stream/consumers'

import type { Tally } from './tally.ts'

/** What came back. */
export interface Answer {
  readonly status: number
  /** `undefined`: it was no JSON. */
  readonly body: unknown
}

/** What a request may have besides its method and path. */
export interface Wish {
  readonly body?: unknown
  /** How many milliseconds after it was sent the visitor leaves, if there is no answer by then. */
  readonly patienceMs?: number
}

/** Nobody waits longer than this. */
const MOST_PATIENCE_MS = 10_000

/** A visitor's way to the shop: sends requests, keeps the cookie, and counts. */
export class Browser {
  readonly #url: string
  readonly #userAgent: string
  readonly #tally: Tally
  // A visitor's connections are his own, and close when he leaves.
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 4 })
  #cookie: string | undefined = undefined

  constructor(url: string, userAgent: string, tally: Tally) {
    this.#url = url
    this.#userAgent = userAgent
    this.#tally = tally
  }

  /** Sends a request. `undefined`: the visitor left before the answer, or there was none. */
  async ask(method: string, path: string, wish: Wish = {}): Promise<Answer | undefined> {
    const answer = await this.#exchange(method, path, wish)
    this.#tally.end(answer.ending)
    return typeof answer.ending === 'number' ? { status: answer.ending, body: answer.body } : undefined
  }

  /** Closes the connections. */
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
      // From here on the request is the shop's, whatever the visitor does.
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
    // Errors that come after the answer change nothing any more.
    outgoing.on('error', reject)
    outgoing.end(text)
  })
}

async function contentOf(response: IncomingMessage): Promise<unknown> {
  const text = await textOf(response)
  const isJson = response.headers['content-type']?.startsWith('application/json') === true
  return isJson && text !== '' ? JSON.parse(text) : undefined
}
