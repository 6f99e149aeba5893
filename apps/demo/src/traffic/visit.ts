import { setTimeout as delay } from 'node:timers/promises'

import type { Browser } from './browser.ts'
import type { Tally } from './tally.ts'

/** What a visit is made of. */
export interface Visit {
  readonly browser: Browser
  readonly tally: Tally
  /** Waits while the visitor thinks. Rejects when the day is over: then nobody begins anything new. */
  think(leastMs: number, mostMs: number): Promise<void>
}

/** One way of visiting the shop: from coming in to leaving. */
export type Visitor = (visit: Visit) => Promise<void>

/** The error with which thinking ends when the day is over. */
export function isClosingTime(error: unknown): boolean {
  return error instanceof Error && error.name === 'AbortError'
}

/** Makes visits whose visitors stop thinking when the signal comes. */
export function thinking(signal: AbortSignal): Visit['think'] {
  return async (leastMs, mostMs) => {
    await delay(leastMs + Math.random() * (mostMs - leastMs), undefined, { signal })
  }
}
