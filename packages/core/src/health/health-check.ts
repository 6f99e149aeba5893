import { AsyncLocalStorage } from 'node:async_hooks'
import { performance } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'

import {
  checkOptions,
  count,
  milliseconds,
  oneOf,
  type Table,
  yesOrNo,
} from '../requirements/requirements.ts'
import type { FaultReporter } from '../seam.ts'
import { untraced } from '../tracing/untraced.ts'
import type { CheckFunction, CheckKind, CheckOptions, CheckOutcome, HealthGroup } from './check.ts'
import { type Finding, findingOf, unhealthy } from './finding.ts'
import { Verdict } from './verdict.ts'

/** Maximum wait of a probe for a check whose last run hung, since it is likely to hang again. */
const ONCE_BITTEN_MS = 100

const group = oneOf('live', 'ready', 'startup')

const TABLE: Table = {
  critical: yesOrNo,
  timeout: (value) => (value === 0 ? 'a number of milliseconds above 0' : milliseconds(value)),
  cache: milliseconds,
  group: (value) => {
    const groups = [value].flat()
    const known = groups.length > 0 && groups.every((each) => group(each) === undefined)
    return known ? undefined : 'live, ready, startup or a list of them'
  },
  failAfter: count,
  recoverAfter: count,
  kind: oneOf('component', 'datastore', 'service', 'system'),
}

/** The dependencies of a check. */
export interface Surroundings {
  /** Masks and limits the texts of a check. */
  readonly printed: (value: unknown) => unknown
  /** Called for each change of status, and for a first status other than healthy. */
  readonly changed: (check: HealthCheck, outcome: CheckOutcome) => void
  readonly fault: FaultReporter
}

/** One check. Parallel probes share a run. A hanging run is not repeated, and a result after the timeout is ignored. */
export class HealthCheck {
  readonly name: string
  readonly critical: boolean
  readonly groups: readonly HealthGroup[]
  readonly kind: CheckKind
  /** Number of unhealthy results. */
  failures = 0
  readonly #fn: CheckFunction
  readonly #timeoutMs: number
  readonly #cacheMs: number
  readonly #verdict: Verdict
  readonly #surroundings: Surroundings
  /** Detaches a check from the request that triggers it. Like the probes themselves, it is not traced. */
  readonly #outside = AsyncLocalStorage.snapshot()
  #last: CheckOutcome | undefined = undefined
  #freshUntil = Number.NEGATIVE_INFINITY
  #run: Promise<CheckOutcome> | undefined = undefined
  /** Whether the last run exceeded its timeout. */
  #hung = false
  /** Start time of the run that is still hanging. */
  #hangsSince: number | undefined = undefined

  /** @throws {TypeError} one sentence that says which option is wrong, and what is allowed */
  constructor(name: string, fn: CheckFunction, options: CheckOptions, surroundings: Surroundings) {
    checkOptions(options, TABLE, `health check ${name}`)
    const {
      critical = true,
      timeout = 1_000,
      cache = 500,
      group: groups = 'ready',
      failAfter = 1,
      recoverAfter = 1,
      kind = 'component',
    } = options
    this.name = name
    this.critical = critical
    this.groups = [groups].flat()
    this.kind = kind
    this.#fn = fn
    this.#timeoutMs = timeout
    this.#cacheMs = cache
    this.#verdict = new Verdict({ failAfter, recoverAfter })
    this.#surroundings = surroundings
  }

  /** The last outcome, without a new run. `undefined` before the first run. */
  get last(): CheckOutcome | undefined {
    return this.#last
  }

  /** The outcome, within the cache time. Never rejects, and never takes longer than the timeout. */
  outcome(): Promise<CheckOutcome> {
    const last = this.#last
    if (last && performance.now() < this.#freshUntil) return Promise.resolve(last)
    if (this.#hangsSince !== undefined) return Promise.resolve(this.#concludeHang(this.#hangsSince))
    this.#run ??= this.#start()
    if (!this.#hung || !last) return this.#run
    return Promise.race([
      this.#run,
      delay(ONCE_BITTEN_MS, undefined, { ref: false }).then(() => this.#last ?? last),
    ])
  }

  close(): void {
    this.#try('close', () => this.#fn.close?.())
  }

  #start(): Promise<CheckOutcome> {
    const { promise, resolve } = Promise.withResolvers<CheckOutcome>()
    const startedAt = performance.now()
    const controller = new AbortController()
    let isBack = false
    const expire = () => {
      if (isBack) return
      this.#run = undefined
      this.#hung = true
      this.#hangsSince = startedAt
      resolve(this.#concludeHang(startedAt))
      controller.abort()
    }
    // If our event loop was blocked, the result may be ready: it is read before the next immediate.
    const timer = setTimeout(() => setImmediate(expire), this.#timeoutMs).unref()
    void this.#outside(untraced, () => findingOf(this.#fn, controller.signal)).then((finding) => {
      isBack = true
      clearTimeout(timer)
      if (this.#hangsSince === undefined) {
        this.#run = undefined
        this.#hung = false
        resolve(this.#conclude(finding, startedAt, this.#cacheMs))
      } else {
        this.#hangsSince = undefined
        this.#freshUntil = Number.NEGATIVE_INFINITY
      }
    })
    return promise
  }

  /** A hanging run counts as one failure per timeout, however many probes ask. */
  #concludeHang(startedAt: number): CheckOutcome {
    return this.#conclude(unhealthy('it has not answered in time'), startedAt, this.#timeoutMs)
  }

  #conclude({ status, reason, details }: Finding, startedAt: number, freshMs: number): CheckOutcome {
    const now = performance.now()
    const works = status !== 'unhealthy'
    if (!works) this.failures++
    const { printed, changed } = this.#surroundings
    const before = this.#last
    const believed = this.#verdict.hear(status)
    const isPatient = believed !== status && works
    const outcome: CheckOutcome = {
      status: believed,
      durationMs: now - startedAt,
      checkedAt: Date.now(),
      lastSuccessAt: works ? Date.now() : before?.lastSuccessAt,
      reason: isPatient ? 'it works again, but not yet for long' : reason && String(printed(reason)),
      details: details && printed(details),
    }
    this.#last = outcome
    this.#freshUntil = now + freshMs
    if (believed !== (before?.status ?? 'healthy')) this.#try('report', () => changed(this, outcome))
    return outcome
  }

  #try(what: string, fn: () => void): void {
    try {
      fn()
    } catch (error) {
      this.#surroundings.fault(`${what} of health check ${this.name}`, error)
    }
  }
}
