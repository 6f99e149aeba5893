import { once } from 'node:events'
import { Agent, request } from 'node:http'

import { Matcher } from '@sightline/promql'
import { start } from '@sightline/servers'

import { openStore } from '../../src/store/sqlite/open-store.ts'
import type { Store } from '../../src/store/store.ts'
import { logsBody, pointBody, spansBody, traceIdOf } from '../ingest/bodies.ts'

/** What was acknowledged in all rounds. */
interface Acknowledged {
  /** Numbers of traces, each with {@link ITEMS} spans. */
  readonly traces: number[]
  /** Numbers of traces, each with {@link ITEMS} log records. */
  readonly logs: number[]
  /** Times of points of each client's gauge. */
  readonly points: Map<string, number[]>
}

export interface RoundsOptions {
  readonly folder: string
  readonly rounds: number
  /** Clients of each signal. Default: 3. */
  readonly clients?: number
  /** Least acknowledged requests of a round before the kill. Default: 30. */
  readonly requests?: number
  readonly tell?: (line: string) => void
}

export interface RoundsResult {
  readonly acknowledged: number
  /** One sentence for each acknowledged request whose items are not complete. */
  readonly missing: readonly string[]
}

const ITEMS = 5
const PATHS = { traces: '/v1/traces', logs: '/v1/logs', metrics: '/v1/metrics' } as const

/**
 * Kills a hub under load, again and again, and looks for everything that it has acknowledged. Each round starts a hub in the folder
 * that the last one left behind.
 */
export async function killRounds({
  folder,
  rounds,
  clients = 3,
  requests = 30,
  tell = () => undefined,
}: RoundsOptions): Promise<RoundsResult> {
  const acknowledged: Acknowledged = { traces: [], logs: [], points: new Map() }
  const total = () =>
    acknowledged.traces.length +
    acknowledged.logs.length +
    [...acknowledged.points.values()].reduce((sum, times) => sum + times.length, 0)
  let number = 0

  for (let round = 0; round < rounds; round++) {
    const hub = await startProcess(folder)
    const agent = new Agent({ keepAlive: true })
    let isOver = false
    void hub.ended.then(() => (isOver = true))
    const wanted = total() + requests + Math.floor(Math.random() * requests)
    const load = Array.from({ length: clients }, (_, client) => {
      const gauge = `gauge_${client}`
      const times = acknowledged.points.get(gauge) ?? []
      acknowledged.points.set(gauge, times)
      const repeat = async (work: () => Promise<void>) => {
        while (!isOver) {
          await work()
          if (total() >= wanted && !isOver) {
            isOver = true
            hub.kill()
          }
        }
      }
      const send = (signal: keyof typeof PATHS, body: Uint8Array) =>
        post(agent, hub.url + PATHS[signal], body)
      return [
        repeat(async () => {
          const trace = ++number
          if (await send('traces', spansBody({ trace, spans: ITEMS }))) acknowledged.traces.push(trace)
        }),
        repeat(async () => {
          const trace = ++number
          if (await send('logs', logsBody(trace, ITEMS))) acknowledged.logs.push(trace)
        }),
        repeat(async () => {
          const time = Math.max(Date.now(), (times.at(-1) ?? 0) + 1)
          if (await send('metrics', pointBody(gauge, time, time))) times.push(time)
        }),
      ]
    })
    await Promise.all(load.flat())
    const [, signal] = await hub.ended
    if (signal !== 'SIGKILL') throw new Error(`The hub of round ${round + 1} has ended by itself`)
    agent.destroy()
    tell(`round ${round + 1}: ${total()} requests acknowledged`)
  }

  // One more start, as of a program that finds what the last kill left behind.
  const last = await startProcess(folder)
  last.kill()
  await last.ended
  const store = openStore({ folder, maxDisk: 5e9, retention: 1e9, seriesPerJob: 10_000 })
  return { acknowledged: total(), missing: await missingOf(store, acknowledged) }
}

async function missingOf(store: Store, { traces, logs, points }: Acknowledged): Promise<string[]> {
  const reader = store.openReader()
  const missing: string[] = []
  for (const trace of traces) {
    const { length } = await reader.trace(traceIdOf(trace))
    if (length !== ITEMS) missing.push(`trace ${trace} has ${length} of ${ITEMS} spans`)
  }
  for (const trace of logs) {
    const { length } = await reader.traceLogs(traceIdOf(trace), 100)
    if (length !== ITEMS) missing.push(`trace ${trace} has ${length} of ${ITEMS} log records`)
  }
  for (const [name, times] of points) {
    const range = { start: (times[0] ?? 0) - 1, end: (times.at(-1) ?? 0) + 1 }
    const selected = await reader.select({ matchers: [new Matcher('__name__', '=', name)], ...range })
    const found = new Set(selected.flatMap((series) => [...series.values]))
    for (const time of times) if (!found.has(time)) missing.push(`${name} has no sample of ${time}`)
  }
  reader.close()
  return missing
}

interface Process {
  readonly url: string
  /** Exit code and signal. */
  readonly ended: Promise<readonly [code: number | null, signal: NodeJS.Signals | null]>
  kill(): void
}

async function startProcess(folder: string): Promise<Process> {
  const flags = ['--conditions=@sightline/source', '--disable-warning=ExperimentalWarning']
  const file = new URL('../fixtures/hub-process.ts', import.meta.url).pathname
  const { child, said } = await start(process.execPath, [...flags, file, folder], /^ready \S+\n/m)
  const [, url = ''] = /^ready (\S+)$/m.exec(said()) ?? []
  const ended = async () => (await once(child, 'close')) as [number | null, NodeJS.Signals | null]
  return { url, ended: ended(), kill: () => void child.kill('SIGKILL') }
}

/** Sends a body. Resolves to whether it was acknowledged. */
function post(agent: Agent, url: string, body: Uint8Array): Promise<boolean> {
  return new Promise((resolve) => {
    const headers = { 'content-type': 'application/json', 'content-length': body.length }
    const sent = request(url, { method: 'POST', agent, headers }, (res) => {
      res.resume()
      res.once('close', () => resolve(res.statusCode === 200))
    })
    sent.once('error', () => resolve(false))
    sent.end(body)
  })
}
