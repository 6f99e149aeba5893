import { setTimeout as pause } from 'node:timers/promises'

/** A hub that does not answer, or that answers with an error. The message is one sentence. */
export class HubError extends Error {
  override readonly name = 'HubError'
}

/** Asks a hub over HTTP. */
export interface HubClient {
  readonly origin: string
  /** Whether a hub answers at the address. */
  answers(): Promise<boolean>
  /**
   * The decoded answer of a path.
   *
   * @throws {HubError} if there is no answer, or one that is not a success
   */
  get(path: string, query?: Readonly<Record<string, string | number | undefined>>): Promise<unknown>
  /**
   * Sends an OTLP request in JSON, and again for as long as the hub asks to wait.
   *
   * @throws {HubError} if the hub refuses it
   */
  send(signal: 'traces' | 'metrics' | 'logs', message: object): Promise<void>
}

/** The tokens of a hub, if it has any. */
export interface Tokens {
  /** For sending. */
  readonly token?: string | undefined
  /** For reading. */
  readonly viewToken?: string | undefined
}

/** Creates a client. `origin` has no slash at its end. */
export function hubClient(origin: string, { token, viewToken }: Tokens): HubClient {
  async function ask(path: string, init: RequestInit = {}): Promise<Response> {
    try {
      return await fetch(origin + path, init)
    } catch {
      throw new HubError(`No hub answers at ${origin}: start one with npx sightline, or name it with --hub`)
    }
  }

  async function send(signal: string, message: object): Promise<void> {
    const body = JSON.stringify(message)
    const response = await ask(`/v1/${signal}`, {
      method: 'POST',
      body,
      headers: { 'content-type': 'application/json', ...bearer(token) },
    })
    const answer = await response.text()
    if (response.ok) return
    if (response.status !== 503 && response.status !== 429) throw refusal(response, answer)
    const wait = Number(response.headers.get('retry-after')) || 1
    await pause(Math.min(wait, 30) * 1_000)
    await send(signal, message)
  }

  return {
    origin,
    send,
    async answers() {
      try {
        const response = await ask('/health/live')
        await response.arrayBuffer()
        return response.ok
      } catch {
        return false
      }
    },
    async get(path, query = {}) {
      const parameters = new URLSearchParams()
      for (const [name, value] of Object.entries(query))
        if (value !== undefined) parameters.set(name, String(value))
      const response = await ask(parameters.size === 0 ? path : `${path}?${parameters.toString()}`, {
        headers: bearer(viewToken),
      })
      const answer = await response.text()
      if (!response.ok) throw refusal(response, answer)
      try {
        // Its reader knows the shape.
        return JSON.parse(answer) as unknown
      } catch {
        throw new HubError(`The program at ${origin} is not a hub: name one with --hub`)
      }
    },
  }
}

function bearer(token: string | undefined): Record<string, string> {
  return token === undefined ? {} : { authorization: `Bearer ${token}` }
}

function refusal({ status, url }: Response, answer: string): HubError {
  if (status === 401) {
    const option = url.includes('/v1/') && !url.includes('/api/') ? '--token' : '--view-token'
    return new HubError(`The hub needs its token: give it with ${option}`)
  }
  return new HubError(sentenceOf(answer) ?? `The hub answered ${status}`)
}

/** The sentence of an error: Prometheus' paths have `error`, the hub's `error` or `message`. */
function sentenceOf(answer: string): string | undefined {
  try {
    const { error, message } = JSON.parse(answer) as { error?: unknown; message?: unknown }
    return [error, message].find((text): text is string => typeof text === 'string')
  } catch {
    return undefined
  }
}
