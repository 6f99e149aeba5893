import { setTimeout as delay } from 'node:timers/promises'

import type { Browser } from './browser.ts'
import type { Tally } from './tally.ts'

/** The tools of a visit. */
export interface Visit {
  readonly browser: Browser
  readonly tally: Tally
  /** Waits while the visitor thinks. Rejects when the day ends. */
  think(leastMs: number, mostMs: number): Promise<void>
}

/** The script of a visit, from arrival to departure. */
export type Visitor = (visit: Visit) => Promise<void>

/** Whether an error is the end of the day, as thrown by `think`. */
export function isClosingTime(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Creates a `think` that rejects when the signal aborts. */
export function thinking(signal: AbortSignal): Visit['think'] {
  return async (leastMs, mostMs) => {
    await delay(leastMs + Math.random() * (mostMs - leastMs), undefined, { signal })
  }
}
