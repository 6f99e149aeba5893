import { setTimeout as delay } from 'node:timers/promises'

import type { Stats } from '@sightline/core'

import type { RunningService } from './service-process.ts'

/** The `/stats` of a service, or `undefined` without a response. */
export type Reading = Stats | undefined

const ANSWER_WITHIN_MS = 2_000
const LOOK_EVERY_MS = 20
const SETTLE_WITHIN_MS = 15_000

/** Reads a service's `/stats`. */
export async function readStats({ url }: RunningService): Promise<Stats> {
  const response = await fetch(`${url}/stats`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
  if (!response.ok) throw new Error(`${url}/stats answered ${response.status}`)
  // /stats returns the result of core's `stats()`.
  return (await response.json()) as Stats
}

/** Reads a service's `/metrics`. */
export async function readMetrics({ url }: RunningService): Promise<string> {
  const response = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(ANSWER_WITHIN_MS) })
  if (!response.ok) throw new Error(`${url}/metrics answered ${response.status}`)
  return response.text()
}

/**
 * Waits until a service has no request in flight. Its callers must have settled before.
 *
 * @throws {Error} if that takes longer than any request may
 */
export async function settled(service: RunningService): Promise<void> {
  const deadline = performance.now() + SETTLE_WITHIN_MS
  for (;;) {
    const { inProgress } = await readStats(service)
    if (inProgress === 0) return
    if (performance.now() > deadline)
      throw new Error(`${service.name} still has ${inProgress} requests in progress`)
    await delay(LOOK_EVERY_MS)
  }
}
