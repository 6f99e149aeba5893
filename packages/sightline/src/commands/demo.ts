import { setTimeout as pause } from 'node:timers/promises'

import { hubAtHand } from '../client/hub-at-hand.ts'
import { type HubClient, hubClient } from '../client/hub-client.ts'
import { HISTORY, type Incident } from '../demo/incident.ts'
import { createShop, type Telemetry } from '../demo/shop.ts'
import type { Wishes } from '../options.ts'

/** The history is sent by these parts, in milliseconds. */
const PART = 60_000
const LIVE = 1_000

/**
 * `sightline demo`: sends half an hour of a made-up shop to the hub, then what happens in it until Ctrl-C. Starts a hub for as long if none
 * answers.
 */
export async function demo(wishes: Wishes): Promise<number> {
  const out = process.stdout
  const closing = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => closing.abort())
  const hub = await hubAtHand(wishes, out)
  try {
    const client = hubClient(hub.url, { token: hub.token })
    const now = Date.now()
    const shop = createShop(now)
    out.write('Sending the last half hour of a shop ... ')
    let requests = 0
    for (let to = now - HISTORY + PART; to <= now && !closing.signal.aborted; to += PART)
      requests += await send(client, shop.until(to))
    if (closing.signal.aborted) return 0
    out.write(`${requests} requests.\n\n${storyOf(shop.incident, hub.url)}\n`)
    while (await passes(LIVE, closing.signal)) await send(client, shop.until(Date.now()))
    return 0
  } finally {
    await hub.close()
  }
}

async function send(client: HubClient, { traces, logs, metrics, requests }: Telemetry): Promise<number> {
  await Promise.all([
    client.send('traces', traces),
    client.send('logs', logs),
    client.send('metrics', metrics),
  ])
  return requests
}

function storyOf({ deployedAt, rolledBackAt }: Incident, url: string): string {
  const clock = (time: number) => new Date(time).toTimeString().slice(0, 5)
  return `At ${clock(deployedAt)} one of two instances of payments got 1.4.2. Payments timed out, until it was rolled back at ${clock(rolledBackAt)}.
Now customers come and go, until Ctrl-C.

  ${url}
  sightline logs 'service:payments level>=error' --limit 5
  sightline ask 'sum by (job) (rate(http_server_request_duration_seconds_count{http_response_status_code=~"5.."}[5m]))' --from 30m`
}

async function passes(ms: number, signal: AbortSignal): Promise<boolean> {
  await pause(ms, undefined, { signal }).catch(() => undefined)
  return !signal.aborted
}
