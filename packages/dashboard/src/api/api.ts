/** Parameters of a request. `undefined` leaves one out. */
export type Params = Readonly<Record<string, string | number | undefined>>

/** A request that the hub refused or could not answer. The message is a sentence for people. */
class ApiError extends Error {
  override readonly name = 'ApiError'
  /** The HTTP status, or 0 if the hub did not answer. */
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** The query API of the hub. Answers are those that docs/hub-api.md describes. All methods reject with an `ApiError`. */
export interface Api {
  get<T>(path: string, params?: Params, signal?: AbortSignal): Promise<T>
  /** Sends JSON. */
  send<T>(method: 'POST' | 'PUT' | 'DELETE', path: string, body: unknown): Promise<T>
}

/**
 * @param fetch The browser's function, or that of a test
 */
export function createApi(fetch: typeof globalThis.fetch): Api {
  async function call<T>(url: string, init: RequestInit): Promise<T> {
    const response = await fetch(url, init).catch((error: unknown) => {
      if (init.signal?.aborted === true) throw error
      throw new ApiError(0, 'The hub does not answer.')
    })
    const answer: unknown = await response.json().catch(() => undefined)
    if (response.status === 401) globalThis.location.assign('/login')
    if (!response.ok) throw new ApiError(response.status, sentenceOf(answer, response.status))
    // The shapes are the hub's contract, which tests with a real hub hold.
    return answer as T
  }

  return {
    get: (path, params = {}, signal) => call(urlOf(path, params), signal === undefined ? {} : { signal }),
    send: (method, path, body) =>
      call(path, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
  }
}

function urlOf(path: string, params: Params): string {
  const search = new URLSearchParams()
  for (const [name, value] of Object.entries(params)) if (value !== undefined) search.set(name, String(value))
  return search.size === 0 ? path : `${path}?${search}`
}

function sentenceOf(answer: unknown, status: number): string {
  const { error } = (answer ?? {}) as { error?: unknown }
  return typeof error === 'string' ? error : `The hub answered with status ${status}.`
}
