import { performance } from 'node:perf_hooks'

/** How something is: `degraded` works, but not as it should. */
export type HealthStatus = 'healthy' | 'degraded' | 'unhealthy'

/** What a probe asks for: may this process live, may it have traffic, has it started? */
export type HealthGroup = 'live' | 'ready' | 'startup'

/** What a check may say. Nothing and `true` are healthy, `false` and a throw are unhealthy. */
export type CheckResult =
  | undefined
  | void
  | boolean
  | { readonly status: HealthStatus; readonly details?: Readonly<Record<string, unknown>> }

/** Looks whether something works. `signal` is aborted when its time is over. */
export type CheckFunction = (signal: AbortSignal) => CheckResult | Promise<CheckResult>

export interface CheckOptions {
  /** Whether its failure takes the service out of traffic; otherwise it only degrades. Default: true. */
  readonly critical?: boolean
  /** Milliseconds that it may take. Default: 1000. */
  readonly timeout?: number
  /** Milliseconds for which its outcome is believed. Default: 500. */
  readonly cache?: number
  /** The probes that it is for. Default: `ready`. */
  readonly group?: HealthGroup | readonly HealthGroup[]
  /** How many times in a row it has to fail before it counts as failed. Default: 1. */
  readonly failAfter?: number
  /** How many times in a row it has to succeed before it counts as recovered. Default: 1. */
  readonly recoverAfter?: number
}

/** How a check turned out. */
export interface CheckOutcome {
  readonly status: HealthStatus
  /** Milliseconds that it took; the time so far where it hangs. */
  readonly durationMs: number
  /** Milliseconds since the epoch. */
  readonly checkedAt: number
  /** Milliseconds since the epoch; `undefined`: never yet. */
  readonly lastSuccessAt: number | undefined
  /** Why it is not healthy. */
  readonly reason: string | undefined
  readonly details: Readonly<Record<string, unknown>> | undefined
}

/** What one run has found, before hysteresis. */
type Finding = Pick<CheckOutcome, 'status' | 'reason' | 'details'>

/**
 * One check. However many probes ask at once, it runs once; while it hangs it is not started again, and what it says
 * after its time is over is not listened to.
 */
export class HealthCheck {
  readonly name: string
  readonly critical: boolean
  readonly groups: readonly HealthGroup[]
  /** How often it has been found unhealthy. */
  failures = 0
  readonly #fn: CheckFunction
  readonly #timeoutMs: number
  readonly #cacheMs: number
  readonly #failAfter: number
  readonly #recoverAfter: number
  #outcome: CheckOutcome | undefined = undefined
  #finishedAt = Number.NEGATIVE_INFINITY
  #run: Promise<CheckOutcome> | undefined = undefined
  /** When the function was called that has not come back, although its time is over. */
  #hangsSince: number | undefined = undefined
  #inARow = 0

  constructor(name: string, fn: CheckFunction, options: CheckOptions = {}) {
    const {
      critical = true,
      timeout = 1_000,
      cache = 500,
      group = 'ready',
      failAfter = 1,
      recoverAfter = 1,
    } = options
    this.name = name
    this.critical = critical
    this.groups = [group].flat()
    this.#fn = fn
    this.#timeoutMs = timeout
    this.#cacheMs = cache
    this.#failAfter = failAfter
    this.#recoverAfter = recoverAfter
  }

  /** The last outcome, without a run; `undefined`: there was none. */
  get last(): CheckOutcome | undefined {
    return this.#outcome
  }

  /** The outcome, at most as old as the cache allows. Never rejects, and never takes longer than the time budget. */
  outcome(): Promise<CheckOutcome> {
    if (this.#hangsSince !== undefined) return Promise.resolve(this.#conclude(hanging(), this.#hangsSince))
    const isFresh = performance.now() - this.#finishedAt < this.#cacheMs
    if (this.#outcome && isFresh) return Promise.resolve(this.#outcome)
    this.#run ??= this.#start().finally(() => {
      this.#run = undefined
    })
    return this.#run
  }

  async #start(): Promise<CheckOutcome> {
    const startedAt = performance.now()
    const controller = new AbortController()
    const over = Promise.withResolvers<Finding>()
    const timer = setTimeout(() => {
      this.#hangsSince = startedAt
      controller.abort()
      over.resolve(hanging())
    }, this.#timeoutMs).unref()
    const work = found(this.#fn, controller.signal).finally(() => {
      clearTimeout(timer)
      this.#hangsSince = undefined
    })
    return this.#conclude(await Promise.race([work, over.promise]), startedAt)
  }

  #conclude({ status, reason, details }: Finding, startedAt: number): CheckOutcome {
    const now = performance.now()
    const healthy = status !== 'unhealthy'
    if (!healthy) this.failures++
    const before = this.#outcome
    const changes = before !== undefined && (before.status !== 'unhealthy') !== healthy
    this.#inARow = changes ? this.#inARow + 1 : 0
    const believed = !changes || this.#inARow >= (healthy ? this.#recoverAfter : this.#failAfter)
    if (believed) this.#inARow = 0
    this.#finishedAt = now
    this.#outcome = {
      status: believed ? status : before.status,
      durationMs: now - startedAt,
      checkedAt: Date.now(),
      lastSuccessAt: healthy ? Date.now() : before?.lastSuccessAt,
      reason,
      details,
    }
    return this.#outcome
  }
}

function hanging(): Finding {
  return { status: 'unhealthy', reason: 'it has not answered in time', details: undefined }
}

/** What a check says, whatever way it says it. Never rejects. */
async function found(fn: CheckFunction, signal: AbortSignal): Promise<Finding> {
  try {
    const result = await fn(signal)
    if (result === undefined || result === true)
      return { status: 'healthy', reason: undefined, details: undefined }
    if (result === false) return { status: 'unhealthy', reason: 'it said no', details: undefined }
    const { status, details } = result
    return { status, reason: undefined, details }
  } catch (error) {
    return { status: 'unhealthy', reason: reasonOf(error), details: undefined }
  }
}

/** What was thrown may throw itself when it is read. */
function reasonOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'it threw something that cannot be read'
  }
}
