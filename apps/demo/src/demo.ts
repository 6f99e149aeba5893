import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { styleText } from 'node:util'

import type { Hub } from '@sightline/hub'

import { compare, type Comparison, type Evidence } from './comparison.ts'
import { createDay } from './day.ts'
import { readHub } from './hub-counts.ts'
import { isSentElsewhere, openHub, variablesFor } from './hub.ts'
import { letIncidentHappen } from './incident/deployments.ts'
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
  /** Whether a hub stores what the services send. */
  readonly hub: boolean
  /** Whether the day starts shortly before the incident. */
  readonly incident: boolean
  /** Ends the day early. */
  readonly signal: AbortSignal
  readonly out: NodeJS.WriteStream
}

const LONGEST_DAY_S = 240
/** A shorter day is over before a release is deployed and rolled back. */
const SHORTEST_INCIDENT_S = 15
/** For the hub to have stored what the services sent when they ended. */
const STORED_WITHIN_MS = 60_000
const LOOK_EVERY_MS = 100

/**
 * Runs the demo, from the opening of the shop to the summary.
 *
 * @returns whether visitors, metrics, logs and the hub agree, and all services ended cleanly
 * @throws {Error} if a service or the hub does not start, or a service ends unexpectedly
 */
export async function runDemo(setup: DemoSetup): Promise<boolean> {
  const say = (...lines: readonly string[]) => void setup.out.write(`${lines.join('\n')}\n`)
  const folder = await mkdtemp(join(tmpdir(), 'sightline-demo-'))
  const hub = setup.hub && !isSentElsewhere(process.env) ? await openHub(join(folder, 'hub')) : undefined
  if (hub !== undefined) say(styleText('bold', `Dashboard: ${hub.url}`), '')
  try {
    return await runShop(setup, folder, hub, say)
  } finally {
    await hub?.close()
  }
}

type Say = (...lines: readonly string[]) => void

async function runShop(
  setup: DemoSetup,
  logFolder: string,
  hub: Hub | undefined,
  say: Say,
): Promise<boolean> {
  const since = Date.now()
  const shop = await openShop({
    logFolder,
    variables: hub === undefined ? {} : variablesFor(hub),
    announce: (name, framework) => say(styleText('dim', `Starting ${name} (${framework}) ...`)),
  })
  const tally = new Tally()
  try {
    say('', ...whereToLook(shop.services, hub?.url), '')
    await spendDay(shop, tally, setup)
    say('', styleText('dim', 'The shop is closed. Waiting for what is still under way ...'))
    const metrics = await byService(async (name) => {
      const service = shop.services[name]
      await settled(service)
      return [await readMetrics(service), ...service.replaced].join('\n')
    })
    // A service writes its last log lines, and sends the rest of its telemetry, when it ends.
    const failed = await shop.close()
    const agrees = await sumUp(shop, tally, metrics, { url: hub?.url, since }, say)
    if (failed.length > 0) say(...failed.map((sentence) => styleText('red', sentence)))
    return agrees && failed.length === 0
  } finally {
    await shop.close()
  }
}

/** Runs and shows the traffic, until time is up, the signal aborts, or a service fails. */
async function spendDay(
  { services, payments, failure }: OpenShop,
  tally: Tally,
  setup: DemoSetup,
): Promise<void> {
  const { seconds = Infinity, incident, signal, out } = setup
  const day = createDay(Math.min(seconds, LONGEST_DAY_S) * 1_000, incident)
  const openedAt = performance.now()
  const closing = new AbortController()
  const time = seconds === Infinity ? undefined : setTimeout(() => closing.abort(), seconds * 1_000)
  const until = AbortSignal.any([signal, closing.signal])
  const visits = letVisitorsCome({ url: services.storefront.url, day, tally, signal: until })
  const moment = () => day(performance.now() - openedAt)
  const deployments = seconds < SHORTEST_INCIDENT_S ? undefined : letIncidentHappen(payments, moment, until)
  const view = showServices({
    services: SERVICES.map((name) => services[name]),
    tally,
    moment,
    signal: until,
    out,
  })
  try {
    await Promise.race([failure, Promise.all([visits, view, deployments])])
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
  hub: { readonly url: string | undefined; readonly since: number },
  say: Say,
): Promise<boolean> {
  const logs = await byService(async (name) => services[name].log.digest)
  const traceId = logs.storefront.lastCheckout
  const events = await byService(async (name) =>
    traceId === undefined ? [] : services[name].log.eventsOf(traceId),
  )
  const checkout = await byService(async (name) => events[name].length)
  const comparisons = await compared(
    { sentByVisitors: tally.sent, metrics, logs, checkout },
    { ...hub, traceId },
  )
  const journeyLines = traceId === undefined ? [] : journey(traceId, events, services)
  say('', ...dayInShort(tally, metrics.storefront, metrics.orders))
  say('', ...agreement(comparisons))
  say('', ...journeyLines, '', verdict(comparisons, tally))
  return comparisons.every(({ agrees }) => agrees)
}

/** Compares the counts, with a hub until it has them all. */
async function compared(
  evidence: Omit<Evidence, 'hub'>,
  { url, ...wanted }: { url: string | undefined; since: number; traceId: string | undefined },
): Promise<Comparison[]> {
  if (url === undefined) return compare({ ...evidence, hub: undefined })
  const deadline = performance.now() + STORED_WITHIN_MS
  for (;;) {
    const comparisons = compare({ ...evidence, hub: await readHub(url, wanted) })
    if (comparisons.every(({ agrees }) => agrees) || performance.now() > deadline) return comparisons
    await delay(LOOK_EVERY_MS)
  }
}

/** Queries each service, the called one after its caller. */
async function byService<T>(ask: (name: ServiceName) => Promise<T>): Promise<Record<ServiceName, T>> {
  return {
    storefront: await ask('storefront'),
    orders: await ask('orders'),
    payments: await ask('payments'),
  }
}
