import type { ScrapeStore } from './exposition/scraped.ts'
import type { Fetch } from './fetch.ts'
import type { Target } from './target.ts'

/** The result of the last scrape of a target. */
interface LastScrape {
  /** Milliseconds since 1970. */
  readonly time: number
  readonly seconds: number
  /** Empty where it succeeded. */
  readonly error: string
}

/** The scrapes of one target, one after the other. */
export interface TargetLoop {
  readonly target: Target
  /** `undefined` before the first scrape. */
  readonly last: LastScrape | undefined
  /** Starts. Does nothing where it runs. */
  start(): void
  /** Stops, and resolves when no scrape is under way. `end` ends the series of the target. */
  stop(how: 'pause' | 'end'): Promise<void>
}

interface TargetLoopOptions {
  readonly target: Target
  readonly fetch: Fetch
  readonly ingest: ScrapeStore
  readonly now: () => number
}

/** The first scrapes of all targets are spread over this time, in milliseconds. */
const FIRST_MS = 1_000
/** A scrape that starts this late or early has the time that was planned, so that times are equally far apart: they compress better. */
const TOLERANCE_MS = 2
/** Longer timers fire at once. */
const MAX_TIMER_MS = 2 ** 31 - 1

/** Creates the loop of a target. */
export function createTargetLoop({ target, fetch, ingest, now }: TargetLoopOptions): TargetLoop {
  const { intervalMs, timeoutMs, settings, url } = target
  const phase = phaseOf(settings.id, intervalMs)
  let timer: NodeJS.Timeout | undefined
  let current: Promise<void> = Promise.resolve()
  let stopping = new AbortController()
  let last: LastScrape | undefined
  let lastTime = 0

  function plan(from: number): void {
    // The next moment of the target's own phase, at least half an interval away.
    const earliest = from + intervalMs / 2
    const planned = Math.ceil((earliest - phase) / intervalMs) * intervalMs + phase
    wait(planned, planned - now())
  }

  function wait(planned: number, delay: number): void {
    // A clock that was set back must not stop the scrapes.
    timer = setTimeout(
      () => {
        current = scrape(planned)
      },
      Math.min(Math.max(delay, 0), 2 * intervalMs, MAX_TIMER_MS),
    ).unref()
  }

  async function scrape(planned: number): Promise<void> {
    const at = now()
    const time = Math.max(Math.abs(at - planned) <= TOLERANCE_MS ? planned : at, lastTime + 1)
    const { signal } = stopping
    const started = performance.now()
    const elapsed = () => (performance.now() - started) / 1_000
    let result: Omit<LastScrape, 'time'>
    try {
      const { body, contentType } = await fetch(url, timeoutMs, signal)
      const outcome = await ingest.scraped({
        kind: 'body',
        target: settings,
        time,
        seconds: elapsed(),
        body,
        contentType,
      })
      result = outcome
    } catch (thrown) {
      if (signal.aborted) return
      result = { error: reasonOf(thrown), seconds: elapsed() }
      // Where the store fails, the next scrape tries again.
      await ingest.scraped({ kind: 'failed', target: settings, time, seconds: elapsed() }).catch(() => {})
    }
    last = { time, seconds: result.seconds, error: result.error }
    lastTime = time
    if (!signal.aborted) plan(time)
  }

  return {
    target,
    get last() {
      return last
    },
    start() {
      if (timer !== undefined) return
      stopping = new AbortController()
      const delay = phase % Math.min(intervalMs, FIRST_MS)
      wait(now() + delay, delay)
    },
    async stop(how) {
      if (timer === undefined) return
      clearTimeout(timer)
      timer = undefined
      stopping.abort()
      await current
      if (how === 'pause') return
      const time = Math.max(now(), lastTime + 1)
      // Where the store fails, the series end by themselves after 5 minutes.
      await ingest.scraped({ kind: 'removed', target: settings, time }).catch(() => {})
    },
  }
}

/** A number below the interval that spreads targets over it, the same after each start. */
function phaseOf(id: string, intervalMs: number): number {
  return Buffer.from(id, 'base64url').readUInt32BE(0) % intervalMs
}

/** The reason of a failed scrape: the innermost one, such as `connect ECONNREFUSED 127.0.0.1:3000`. */
function reasonOf(thrown: unknown): string {
  if (thrown instanceof AggregateError && thrown.errors.length > 0)
    return thrown.errors.map(reasonOf).join(', ')
  return thrown instanceof Error ? thrown.message : String(thrown)
}
