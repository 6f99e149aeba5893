/**
 * A service in its own process: `program.ts <module of the adapter> <options as JSON>`. Reports to its
 * parent.
 */
import { subscribe } from 'node:diagnostics_channel'
import { once } from 'node:events'
import type { AddressInfo, Server } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { createSightline, type SightlineOptions } from '@sightline/core'
import { type WebSocket, WebSocketServer } from 'ws'

import type { Adapter, Route } from './app.ts'
import { linesAtRate } from './lines-at-rate.ts'

/** The behaviour of the service. */
export interface ProgramOptions {
  /** Milliseconds. */
  readonly drainDelay?: number
  /** Milliseconds. */
  readonly deadline?: number
  /** Hooks in order of registration, with their behaviour. */
  readonly hooks?: ReadonlyArray<readonly [name: string, does: 'end' | 'throw' | 'hang' | 'block']>
  /** Whether a destination never finishes. */
  readonly deadCollector?: boolean
  /** Whether the adapter creates its own Sightline from the options. Excludes hooks and lines. */
  readonly own?: boolean
  /** Whether signals are handled from the start. */
  readonly always?: boolean
  /** Whether it waits for a message of its parent before it serves. */
  readonly waits?: boolean
  /** Lines to write to standard output before the port is sent. */
  readonly lines?: number
}

/** A message to the parent process. */
export interface Told {
  /** The port of the service. */
  readonly port?: number
  /** Number of SIGTERM handlers: before and after it serves. */
  readonly handlers?: number
  readonly serves?: true
}

const [, , module = '', json = '{}'] = process.argv
const options = JSON.parse(json) as ProgramOptions
const { adapter } = (await import(module)) as { adapter: Adapter }
const tell = (told: Told) => void process.send?.(told)

if (options.always) process.env.SIGHTLINE_LIFECYCLE = 'true'
// Must run before a Sightline watches servers, since the address may be gone afterwards.
if (options.waits) {
  subscribe('tracing:net.server.listen:asyncEnd', (message) => {
    const { server } = message as { server: Server }
    tell({ port: (server.address() as AddressInfo).port })
  })
}

const settings: SightlineOptions = {
  service: 'shop',
  log: { pretty: false },
  metrics: { runtime: false },
  lifecycle: { drainDelay: options.drainDelay ?? 0, deadline: options.deadline ?? 10_000 },
  sinks: options.deadCollector
    ? [{ name: 'collector', write() {}, close: () => new Promise<void>(() => {}) }]
    : [],
}
const shared = options.own ? undefined : createSightline(settings)

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
  shared?.onShutdown(
    name,
    () => {
      shared.log.info({ hook: name }, 'hook runs')
      return deeds[does]()
    },
    { timeout: 400 },
  )
}

/** Waits until the shutdown has begun, and a moment longer. */
async function lateInShutdown(): Promise<void> {
  if (shared && !shared.stopping.aborted) await once(shared.stopping, 'abort')
  await delay(300)
}

const LARGE = Buffer.alloc(64 * 1_024 * 1_024, 'x')

const routes: Route[] = [
  { method: 'GET', pattern: '/fast', handler: () => ({ body: 'fast' }) },
  {
    method: 'GET',
    pattern: '/slow',
    async handler() {
      await lateInShutdown()
      return { body: 'slow' }
    },
  },
  { method: 'POST', pattern: '/echo', handler: ({ body }) => ({ body: { got: body } }) },
  { method: 'GET', pattern: '/large', handler: () => ({ body: LARGE }) },
  {
    method: 'GET',
    pattern: '/storm/:rate/:lines',
    async handler({ params, log }) {
      await linesAtRate(log, Number(params.rate), Number(params.lines))
      return { body: 'over' }
    },
  },
  {
    method: 'GET',
    pattern: '/headers-first',
    raw: true,
    async handler({ res }) {
      res.writeHead(200, { 'content-length': '4' })
      res.flushHeaders()
      await lateInShutdown()
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
  {
    method: 'GET',
    pattern: '/many-events',
    raw: true,
    handler({ res }) {
      res.writeHead(200, { 'content-type': 'text/event-stream' })
      res.write(LARGE)
      return undefined
    },
  },
]

if (options.waits) {
  tell({ handlers: process.listenerCount('SIGTERM') })
  await once(process, 'message')
}
const { server } = await adapter.serve({ routes, sightline: shared ?? settings })
// Node's own limits would end the connections that only the shutdown is to end.
Object.assign(server, { keepAliveTimeout: 600_000, headersTimeout: 0, requestTimeout: 0 })
const webSockets = new WebSocketServer({ noServer: true })
server.on('upgrade', (req, socket, head) => {
  if (req.url === '/raw')
    socket.write('HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: raw\r\n\r\n')
  else webSockets.handleUpgrade(req, socket, head, (webSocket: WebSocket) => webSocket.send('hello'))
})
for (let line = 0; line < (options.lines ?? 0); line++)
  shared?.log.info({ line, text: 'x'.repeat(200) }, 'line')
tell({
  port: (server.address() as AddressInfo).port,
  handlers: process.listenerCount('SIGTERM'),
  serves: true,
})
