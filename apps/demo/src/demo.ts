import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { styleText } from 'node:util'

import { compare } from './comparison.ts'
import { createDay } from './day.ts'
import { type OpenShop, openShop } from './open-shop.ts'
import { readMetrics, settled } from './readings.ts'
import { type ServiceName, SERVICES } from './services.ts'
import { agreement, dayInShort, journey, verdict, whereToLook } from './summary.ts'
import { Tally } from './traffic/tally.ts'
import { letVisitorsCome } from './traffic/traffic.ts'
import { showServices } from './view.ts'

/** Duration and output of the demo. */
export interface DemoSetup {
  /** Seconds during which new visitors arrive; `undefined`: until the signal. */
  readonly seconds: number | undefined
  /** Ends the day early. */
  readonly signal: AbortSignal
  readonly out: NodeJS.WriteStream
}

const LONGEST_DAY_S = 240

/**
 * Runs the demo, from the opening of the shop to the summary.
 *
 * @returns whether visitors, metrics and logs agree, and all services ended cleanly
 * @throws {Error} if a service does not start, or ends unexpectedly
 */
export async function runDemo(setup: DemoSetup): Promise<boolean> {
  const say = (...lines: readonly string[]) => void setup.out.write(`${lines.join('\n')}\n`)
  const logFolder = await mkdtemp(join(tmpdir(), 'sightline-demo-'))
  const shop = await openShop(logFolder, (name, framework) =>
    say(styleText('dim', `Starting ${name} (${framework}) ...`)),
  )
  const tally = new Tally()
  try {
    say('', ...whereToLook(shop.services), '')
    await spendDay(shop, tally, setup)
    say('', styleText('dim', 'The shop is closed. Waiting for what is still under way ...'))
    const metrics = await byService(async (name) => {
      await settled(shop.services[name])
      return readMetrics(shop.services[name])
    })
    // A service writes its last log lines when it ends.
    const failed = await shop.close()
    const agrees = await sumUp(shop, tally, metrics, say)
    if (failed.length > 0) say(...failed.map((sentence) => styleText('red', sentence)))
    return agrees && failed.length === 0
  } finally {
    await shop.close()
  }
}

/** Runs and shows the traffic, until time is up, the signal aborts, or a service fails. */
async function spendDay({ services, failure }: OpenShop, tally: Tally, setup: DemoSetup): Promise<void> {
  const { seconds = Infinity, signal, out } = setup
  const day = createDay(Math.min(seconds, LONGEST_DAY_S) * 1_000)
  const openedAt = performance.now()
  const closing = new AbortController()
  const time = seconds === Infinity ? undefined : setTimeout(() => closing.abort(), seconds * 1_000)
  const until = AbortSignal.any([signal, closing.signal])
  const visits = letVisitorsCome({ url: services.storefront.url, day, tally, signal: until })
  const view = showServices({
    services: SERVICES.map((name) => services[name]),
    tally,
    moment: () => day(performance.now() - openedAt),
    signal: until,
    out,
  })
  try {
    await Promise.race([failure, Promise.all([visits, view])])
  } finally {
    clearTimeout(time)
    closing.abort()
  }
}

/** Compares and shows the counts. Returns whether they agree. */
async function sumUp(
  { services }: OpenShop,
  tally: Tally,
  metrics: Readonly<Record<ServiceName, string>>,
  say: (...lines: readonly string[]) => void,
): Promise<boolean> {
  const logs = await byService(async (name) => services[name].log.digest)
  const comparisons = compare({ sentByVisitors: tally.sent, metrics, logs })
  const traceId = logs.storefront.lastCheckout
  const journeyLines =
    traceId === undefined
      ? []
      : journey(traceId, await byService((name) => services[name].log.eventsOf(traceId)), services)
  say('', ...dayInShort(tally, metrics.storefront, metrics.orders))
  say('', ...agreement(comparisons))
  say('', ...journeyLines, '', verdict(comparisons, tally))
  return comparisons.every(({ agrees }) => agrees)
}

/** Queries each service, the called one after its caller. */
async function byService<T>(ask: (name: ServiceName) => Promise<T>): Promise<Record<ServiceName, T>> {
  return {
    storefront: await ask('storefront'),
    orders: await ask('orders'),
    payments: await ask('payments'),
  }
}
