import type { Logger } from 'pino'

import type { JobScope } from '../context/scopes.ts'
import type { Printer } from '../printing/printer.ts'
import type { Fields } from '../seam.ts'

/** What comes late is gathered for so long, from the first of it on. */
const GATHER_MS = 1_000
/** Requests that something is gathered for. With one more, all of it is written. */
const MAX_REQUESTS = 200

/** A request that has ended: what links the follow-up to it. */
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
  /** Makes the logger of one scope. */
  readonly loggerFor: (scope: JobScope) => Logger
}

/**
 * Writes what is said of a request when its access event is written already: one more event for each such request,
 * `request follow-up`, which carries the request's ids.
 */
export class FollowUps {
  readonly #setup: FollowUpSetup
  readonly #gathered = new Map<EndedRequest, Late>()
  /** Requests that were to have no access event of ours. */
  readonly #leftOut = new WeakSet<EndedRequest>()
  #timer: NodeJS.Timeout | undefined = undefined

  constructor(setup: FollowUpSetup) {
    this.#setup = setup
  }

  /** For a request that was to have no access event of ours: its fields are not wanted either. */
  leaveOut(request: EndedRequest): void {
    this.#leftOut.add(request)
  }

  /** Takes fields that were set late. */
  add(request: EndedRequest, fields: Fields): void {
    if (this.#leftOut.has(request)) return
    const late = this.#gathered.get(request) ?? this.#gather(request, { fields: {}, error: undefined })
    this.#setup.printer.addTo(late.fields, fields)
  }

  /** Takes an error that was reported late. Each has an event of its own. */
  fail(request: EndedRequest, error: unknown): void {
    const late = this.#gathered.get(request)
    if (late?.error !== undefined) this.#write(request, late)
    this.#gather(request, { fields: late?.error === undefined ? (late?.fields ?? {}) : {}, error })
  }

  /** Writes what was gathered. */
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
      // Before the listener with which standard output is written for the last time.
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
