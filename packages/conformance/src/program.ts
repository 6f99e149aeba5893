/** A service in a process of its own: `program.ts <module of the adapter> <options as JSON>`. Sends its port to its parent. */
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { createSightline } from '@sightline/core'
import { type WebSocket, WebSocketServer } from 'ws'

import type { Adapter, Route } from './app.ts'
import { linesAtRate } from './lines-at-rate.ts'

/** How the service is to behave. */
export interface ProgramOptions {
  /** Milliseconds. */
  readonly drainDelay?: number
  /** Milliseconds. */
  readonly deadline?: number
  /** Hooks, in the order of their registration: what each does. */
  readonly hooks?: ReadonlyArray<readonly [name: string, does: 'end' | 'throw' | 'hang' | 'block']>
  /** Whether there is a destination that never ends. */
  readonly deadCollector?: boolean
  /** Lines to write to standard output before the port is sent. */
  readonly lines?: number
}

const [, , module = '', json = '{}'] = process.argv
const options = JSON.parse(json) as ProgramOptions
const { adapter } = (await import(module)) as { adapter: Adapter }

const sightline = createSightline({
  service: 'shop',
  log: { pretty: false },
  metrics: { runtime: false },
  lifecycle: { drainDelay: options.drainDelay ?? 0, deadline: options.deadline ?? 10_000 },
  sinks: options.deadCollector
    ? [{ name: 'collector', write() {}, close: () => new Promise<void>(() => {}) }]
    : [],
})

const deeds = {
  end: async () => {},
  throw: () => {
    throw new Error('the pool was closed already')
  },
  hang: () => new Promise<void>(() => {}),
  block: () => {
    for (;;);
  },
}
for (const [name, does] of options.hooks ?? []) {
  sightline.onShutdown(
    name,
    () => {
      sightline.log.info({ hook: name }, 'hook runs')
      return deeds[does]()
    },
    { timeout: 400 },
  )
}

const LARGE = Buffer.alloc(64 * 1_024 * 1_024, 'x')

const routes: Route[] = [
  { method: 'GET', pattern: '/fast', handler: () => ({ body: 'fast' }) },
  {
    method: 'GET',
    pattern: '/slow',
    async handler() {
      await delay(300)
      return { body: 'slow' }
    },
  },
  { method: 'POST', pattern: '/echo', handler: ({ body }) => ({ body: { got: body } }) },
  { method: 'GET', pattern: '/large', handler: () => ({ body: LARGE }) },
  {
    method: 'GET',
    pattern: '/storm/:rate/:lines',
    handler: async ({ params, log }) => ({
      body: await linesAtRate(log, Number(params.rate), Number(params.lines)),
    }),
  },
  {
    method: 'GET',
    pattern: '/headers-first',
    raw: true,
    async handler({ res }) {
      res.writeHead(200, { 'content-length': '4' })
      res.flushHeaders()
      await delay(300)
      res.end('late')
      return undefined
    },
  },
  {
    method: 'GET',
    pattern: '/events',
    raw: true,
    handler({ res }) {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      const ticking = setInterval(() => res.write('data: tick\n\n'), 20)
      res.on('close', () => clearInterval(ticking))
      return undefined
    },
  },
]

const { server } = await adapter.serve({ routes, sightline })
const webSockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (req, socket, head) =>
  webSockets.handleUpgrade(req, socket, head, (webSocket: WebSocket) => webSocket.send('hello')),
)
for (let line = 0; line < (options.lines ?? 0); line++)
  sightline.log.info({ line, text: 'x'.repeat(200) }, 'line')
process.send?.((server.address() as AddressInfo).port)
