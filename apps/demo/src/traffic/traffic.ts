import { setTimeout as delay } from 'node:timers/promises'

import type { Day } from '../day.ts'
import { Browser } from './browser.ts'
import { untilNext } from './chance.ts'
import { firstPeople, type Person, somebody } from './people.ts'
import type { Tally } from './tally.ts'
import { isClosingTime, thinking } from './visit.ts'

/** The target and duration of the traffic. */
export interface TrafficSetup {
  readonly url: string
  readonly day: Day
  readonly tally: Tally
  /** Stops new visits and actions. */
  readonly signal: AbortSignal
}

/** Maximum number of parallel visitors. Further ones leave at once. */
const MOST_PRESENT = 400
/** Maximum interval at which the next visitor is determined. */
const LOOK_AT_LEAST_EVERY_MS = 500

/** Sends visitors until the signal, and waits until the last one has left. */
export async function letVisitorsCome({ url, day, tally, signal }: TrafficSetup): Promise<void> {
  const think = thinking(signal)
  const present = new Set<Promise<void>>()

  async function visit({ userAgent, visit: walkThrough }: Person): Promise<void> {
    tally.visits++
    tally.present++
    const browser = new Browser(url, userAgent, tally)
    try {
      await walkThrough({ browser, tally, think })
    } catch (error) {
      if (!isClosingTime(error)) throw error
    } finally {
      browser.close()
      tally.present--
    }
  }

  function welcome(person: Person): void {
    if (present.size >= MOST_PRESENT) return
    const stay: Promise<void> = visit(person).finally(() => present.delete(stay))
    present.add(stay)
  }

  firstPeople().forEach(welcome)
  const openedAt = performance.now()
  while (!signal.aborted) {
    const wait = untilNext(day(performance.now() - openedAt).visitRate)
    await delay(Math.min(wait, LOOK_AT_LEAST_EVERY_MS), undefined, { signal }).catch(() => {})
    // A longer wait is drawn again. That changes nothing, since arrivals are independent of the time waited.
    if (!signal.aborted && wait <= LOOK_AT_LEAST_EVERY_MS) welcome(somebody())
  }
  await Promise.all(present)
}
