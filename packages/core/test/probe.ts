import { once } from 'node:events'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'

import { expect } from '@jest/globals'

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

/**
 * Expects that readiness is refused when a budget is over: not before, and earlier than that of a check with a longer
 * budget, which hangs beside it. Both budgets are timers of one event loop, so their order is the same on any machine.
 */
export async function expectUnhealthyAfter(budgetMs: number, { ready }: Sightline['health']): Promise<void> {
  const longer = quiet().health
  longer.check('longer', () => new Promise<void>(() => {}), { timeout: budgetMs + 200 })
  const refused: string[] = []
  const start = performance.now()
  const awaited = ready().then((status) => {
    refused.push('ready')
    // A timer of node's may be a fraction of a millisecond early.
    expect(performance.now() - start).toBeGreaterThan(budgetMs - 1)
    expect(status).toBe('unhealthy')
  })
  await Promise.all([awaited, longer.ready().then(() => refused.push('longer'))])
  expect(refused).toEqual(['ready', 'longer'])
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
