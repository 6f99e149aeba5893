import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect } from '@jest/globals'
import { Allowance } from '@sightline/servers'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline, type Sightline, type SightlineOptions } from '../src/index.ts'

/** A Sightline that says nothing. */
export function quiet(options: SightlineOptions = {}): Sightline {
  return createSightline({ service: 'test', version: '1.2.3', log: { level: 'silent' }, ...options })
}

/** A server on a free port. */
export interface Served {
  readonly url: string
  get(path: string, init?: RequestInit): Promise<Response>
  close(): void
}

/** Serves what a listener answers. */
export async function served(listener: RequestListener): Promise<Served> {
  const server = createServer(listener).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url,
    get: (path, init) => fetch(url + path, init),
    close: () => server.close().closeAllConnections(),
  }
}

/** Serves nothing but Sightline's endpoints. */
export function servedEndpoints(sightline: Sightline): Promise<Served> {
  return served((req, res) => {
    if (!hostOf(sightline).serve(req, res)) res.writeHead(404).end()
  })
}

/** How much later than its budget an idle machine may notice that it is over. */
const SLACK_MS = 500

/** Asks for readiness, which has to be refused when a budget of so many milliseconds is over: not before, not much later. */
export async function expectUnhealthyAfter(budgetMs: number, { ready }: Sightline['health']): Promise<void> {
  const allowance = new Allowance()
  const start = performance.now()
  expect(await ready()).toBe('unhealthy')
  const tookMs = performance.now() - start
  // A timer of node's may be a fraction of a millisecond early.
  expect(tookMs).toBeGreaterThan(budgetMs - 1)
  expect(tookMs).toBeLessThan(allowance.of(budgetMs + SLACK_MS))
}

/** Something hangs where this has passed; nothing waits for it otherwise. */
const DEADLINE_MS = 60_000

/** Asks again and again until the answer is as it should be, where nothing tells when that is. */
export async function until<T>(ask: () => Promise<T>, isRight: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const answer = await ask()
    if (isRight(answer)) return answer
    if (performance.now() > deadline) throw new Error(`the answer is still ${JSON.stringify(answer)}`)
    await new Promise(setImmediate)
  }
}
