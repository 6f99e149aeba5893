import type { Logger } from 'pino'

import type { JobScope } from '../context/scopes.ts'
import type { Printer } from '../printing/printer.ts'
import type { Fields } from '../seam.ts'

/** How long late fields are collected before the follow-up is written. */
const GATHER_MS = 1_000
/** The limit of requests with buffered late data. One more request flushes the buffer. */
const MAX_REQUESTS = 200

/** An ended request: the ids and the path that link the follow-up to it. */
interface EndedRequest extends Pick<JobScope, 'id' | 'trace' | 'path'> {
  readonly method: string
  readonly route: string | undefined
}

interface Late {
  readonly fields: Fields
  readonly error: unknown
}

export interface FollowUpSetup {
  readonly printer: Printer
  readonly loggerFor: (scope: JobScope) => Logger
}

/**
 * Writes a further event, `request follow-up`, for data that arrives after the access event of its request. The
 * follow-up carries the request's ids.
 */
export class FollowUps {
  readonly #setup: FollowUpSetup
  readonly #gathered = new Map<EndedRequest, Late>()
  /** Requests whose access event is excluded. */
  readonly #leftOut = new WeakSet<EndedRequest>()
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(setup: FollowUpSetup) {
    this.#setup = setup
  }

  /** Excludes the late fields of a request whose access event is excluded. */
  leaveOut(request: EndedRequest): void {
    this.#leftOut.add(request)
  }

  /** Buffers late fields. */
  add(request: EndedRequest, fields: Fields): void {
    if (this.#leftOut.has(request)) return
    const late = this.#gathered.get(request) ?? this.#gather(request, { fields: {}, error: undefined })
    this.#setup.printer.addTo(late.fields, fields)
  }

  /** Buffers a late error. Each error has its own event. */
  fail(request: EndedRequest, error: unknown): void {
    const late = this.#gathered.get(request)
    if (late?.error !== undefined) this.#write(request, late)
    this.#gather(request, { fields: late?.error === undefined ? (late?.fields ?? {}) : {}, error })
  }

  readonly flush = (): void => {
    clearTimeout(this.#timer)
    this.#timer = undefined
    process.off('exit', this.flush)
    const gathered = [...this.#gathered]
    this.#gathered.clear()
    for (const [request, late] of gathered) this.#write(request, late)
  }

  #gather(request: EndedRequest, late: Late): Late {
    if (this.#gathered.size >= MAX_REQUESTS && !this.#gathered.has(request)) this.flush()
    this.#gathered.set(request, late)
    if (this.#timer === undefined) {
      this.#timer = setTimeout(this.flush, GATHER_MS).unref()
      // Runs before the exit listener that flushes standard output.
      process.prependListener('exit', this.flush)
    }
    return late
  }

  #write({ id, trace, path, method, route }: EndedRequest, { fields, error }: Late): void {
    const log = this.#setup.loggerFor({
      kind: 'job',
      parent: undefined,
      id,
      trace,
      path,
      fields,
      baggage: undefined,
    })
    const event = { method, path, route: route ?? null }
    if (error === undefined) log.info(event, 'request follow-up')
    else log.error({ ...event, err: error }, 'request follow-up')
  }
}
