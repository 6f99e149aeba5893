import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'
import { setTimeout as delay } from 'node:timers/promises'

import { ownEnvironment } from './project.ts'

/** A line of a program's standard output. */
type Line = Readonly<Record<string, unknown>>

/** The result of a program that served an order and then ended. */
export interface Visit {
  readonly id: string | null
  readonly status: number
  readonly metrics: string
  readonly lines: readonly Line[]
  readonly complaints: string
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The liveness answer of the probe port that the environment variable `PROBES` names, if set. */
  readonly live?: string
}

/** Starts a program that prints its address, requests an order and its metrics, and stops it. */
export async function visit(
  node: string,
  args: readonly string[],
  folder: string,
  variables: Record<string, string> = {},
): Promise<Visit> {
  const env = ownEnvironment(variables)
  const child = spawn(node, args, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] })
  const complaints = text(child.stderr)
  const ended = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>
  const lines: Line[] = []
  const listening = Promise.withResolvers<number>()
  createInterface({ input: child.stdout }).on('line', (line) => {
    const parsed = JSON.parse(line) as Line
    lines.push(parsed)
    if (typeof parsed['port'] === 'number') listening.resolve(parsed['port'])
  })
  void Promise.all([ended, complaints]).then(([[code], said]) =>
    listening.reject(new Error(`${args.join(' ')} ended with ${code}: ${said}`)),
  )

  const origin = `http://127.0.0.1:${await listening.promise}`
  const response = await fetch(`${origin}/orders/7`, { headers: { 'x-request-id': 'from-outside' } })
  await response.text()
  const metrics = await (await fetch(`${origin}/metrics`)).text()
  const probes = variables['PROBES']
  const live = probes === undefined ? undefined : await liveness(Number(probes))
  child.kill('SIGTERM')
  const [code, signal] = await ended
  const id = response.headers.get('x-request-id')
  return {
    id,
    status: response.status,
    metrics,
    lines,
    complaints: await complaints,
    code,
    signal,
    ...(live !== undefined && { live }),
  }
}

/** The answer of a probe thread, once it listens. */
async function liveness(port: number): Promise<string> {
  for (let attempt = 0; ; attempt++) {
    try {
      return await (await fetch(`http://127.0.0.1:${port}/health/live`)).text()
    } catch (error) {
      if (attempt === 200) throw error
      await delay(50)
    }
  }
}

/** A port that is free at the moment. */
export async function freePort(): Promise<string> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return String(port)
}

/** Receives OTLP as JSON. */
export async function collector() {
  const bodies: string[] = []
  const server = createServer((req, res) => {
    void text(req).then((body) => {
      bodies.push(`${req.url} ${body}`)
      res.setHeader('content-type', 'application/json').end('{}')
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    bodies,
    async [Symbol.asyncDispose]() {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  }
}
