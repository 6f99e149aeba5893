import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { expect } from '@jest/globals'
import { Allowance } from '@sightline/servers'

import type { Adapter } from './app.ts'
import { call, DEADLINE_MS } from './client.ts'
import { type Line, Samples } from './kit.ts'
import { ServiceProcess } from './process.ts'
import type { Group } from './suite.ts'

const LINES = 150_000
const LINES_PER_SECOND = 50_000
/** Speed of the reader. */
const BYTES_PER_SECOND = 1_000_000
/** Interval of trivial requests. */
const ASK_EVERY_MS = 5

/**
 * Limits of a storm on an idle machine: total time for its 3 s, memory growth in bytes, latency of a trivial
 * request in milliseconds.
 */
const MOST = { tookMs: 3_300, grownBytes: 64e6, p99Ms: 100 }
/** One or two runs may meet a pause of the machine. */
const RUNS = 3

export const storm: Group = {
  promise: 'stays quick and small in a storm of log lines',
  assertions({ adapter, check }) {
    for (const kind of ['pipe', 'socket'] as const) {
      check(
        `of 50,000 a second, with a reader of 1 MB/s at the end of a ${kind}, and gets word of every line`,
        async () => {
          expect(await tooDear(() => weathered(adapter, kind))).toEqual([])
        },
        RUNS * 3 * DEADLINE_MS,
      )
    }
  },
}

/** The cost and limits of each run. Empty as soon as one run is within its limits. */
async function tooDear(run: () => ReturnType<typeof weathered>) {
  const runs: Array<Awaited<ReturnType<typeof weathered>>> = []
  for (let n = 0; n < RUNS; n++) {
    const { cost, most } = await run()
    if (cost.tookMs < most.tookMs && cost.grownBytes < most.grownBytes && cost.p99Ms < most.p99Ms) return []
    runs.push({ cost, most })
  }
  return runs
}

/** Runs one storm. All lines are accounted for, whatever the cost. */
async function weathered(adapter: Adapter, kind: 'pipe' | 'socket') {
  using pipe = kind === 'pipe' ? new Pipe() : undefined
  await using service = await ServiceProcess.start(adapter, {}, pipe?.writer ?? 'unread')
  pipe?.release()
  const hurry = new AbortController()
  const written = slowTextOf(pipe?.reader ?? (service.child.stdout as Socket), hurry.signal)

  const allowance = new Allowance()
  const { tookMs, grownBytes, durations } = await stormed(service.port)
  const most = { ...MOST, tookMs: allowance.of(MOST.tookMs), p99Ms: allowance.of(MOST.p99Ms) }

  hurry.abort()
  const ledger = await drained(service.port)
  service.child.kill('SIGKILL')
  const lines = (await written)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  expectEveryLine(lines, ledger, durations.length, service.errors)
  return { cost: { tookMs, grownBytes, p99Ms: p99(durations) }, most }
}

/**
 * Makes a service write its lines, and sends trivial requests meanwhile. They are sent at a fixed rate: a
 * client that waits for responses sends fewest requests when they are slow.
 */
async function stormed(port: number) {
  const agent = new Agent({ keepAlive: true })
  const ask = async () => {
    const start = performance.now()
    expect((await call(port, '/fast', { agent })).status).toBe(200)
    return performance.now() - start
  }
  const asked: Array<Promise<number>> = []
  const asking = setInterval(() => asked.push(ask()), ASK_EVERY_MS)
  const { body } = await call(port, `/storm/${LINES_PER_SECOND}/${LINES}`)
  clearInterval(asking)
  const durations = await Promise.all(asked)
  agent.destroy()
  const { tookMs, grownBytes } = JSON.parse(body) as { tookMs: number; grownBytes: number }
  return { tookMs, grownBytes, durations }
}

/** The line counts of a scrape, once no line is waiting. */
async function drained(port: number) {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const samples = new Samples((await call(port, '/metrics')).body)
    const ledger = {
      produced: samples.sum('sightline_log_lines_total'),
      written: samples.sum('sightline_log_lines_written_total'),
      dropped: samples.sum('sightline_log_lines_dropped_total'),
    }
    if (samples.sum('sightline_log_lines_waiting') === 0) return ledger
    if (performance.now() > deadline) throw new Error(`lines still wait: ${JSON.stringify(ledger)}`)
  }
}

/** Asserts that each line was either read or counted as lost, in the metrics and in the log. */
function expectEveryLine(
  lines: readonly Line[],
  ledger: Awaited<ReturnType<typeof drained>>,
  requests: number,
  errors: string,
): void {
  expect(ledger.dropped).toBeGreaterThan(0)
  expect(ledger.written + ledger.dropped).toBe(ledger.produced)
  expect(lines).toHaveLength(ledger.written)
  // One notice at the begin of the loss, one at its end, and one at once on standard error.
  const notices = lines.filter(({ level }) => level === 'warn')
  expect(notices).toMatchObject([
    { reason: 'slow_reader', service: 'shop', msg: expect.stringContaining('are being lost') },
    { lost: ledger.dropped, since: expect.any(String), msg: expect.stringContaining('were lost') },
  ])
  expect(JSON.parse(errors)).toEqual(notices[0])
  // The storm request also has an access event.
  expect(lines.length - notices.length + ledger.dropped).toBe(LINES + requests + 1)
}

/** A pipe between two processes, like that of a shell or a container runtime. Node has no API for one. */
class Pipe implements Disposable {
  readonly reader: Socket
  readonly writer: number
  readonly #folder = mkdtempSync(join(tmpdir(), 'sightline-storm-'))

  constructor() {
    const path = join(this.#folder, 'fifo')
    execFileSync('mkfifo', [path])
    this.reader = new Socket({ fd: openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) })
    this.writer = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK)
  }

  /** Closes our copy of the child's end, so that the reader ends with the child. */
  release(): void {
    closeSync(this.writer)
  }

  [Symbol.dispose](): void {
    this.reader.destroy()
    rmSync(this.#folder, { recursive: true })
  }
}

/** Reads a stream at a limited rate, until told to hurry. */
async function slowTextOf(stream: Socket, hurry: AbortSignal): Promise<string> {
  const pieces: Buffer[] = []
  const start = performance.now()
  let bytes = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
    const ahead = (bytes / BYTES_PER_SECOND) * 1_000 - (performance.now() - start)
    if (ahead > 0 && !hurry.aborted) await delay(ahead, undefined, { signal: hurry }).catch(() => {})
  }
  return Buffer.concat(pieces).toString()
}

/** The value that 99 % of the values do not exceed. */
function p99(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * 0.99)] ?? Number.NaN
}
