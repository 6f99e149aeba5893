import { execFileSync } from 'node:child_process'
import { closeSync, constants, mkdtempSync, openSync, rmSync } from 'node:fs'
import { Agent } from 'node:http'
import { Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { expect } from '@jest/globals'

import type { Adapter } from './app.ts'
import { call, DEADLINE_MS } from './client.ts'
import { type Line, Samples } from './kit.ts'
import { ServiceProcess } from './process.ts'
import type { Group } from './suite.ts'

const LINES = 150_000
const LINES_PER_SECOND = 50_000
/** Speed of the reader. */
const BYTES_PER_SECOND = 1_000_000
/** The part of the 45 MB that the reader takes until it is told to hurry, however long the storm lasts. */
const TAKEN_BYTES = 3_000_000
const FOREVER_MS = 600_000
/** Interval of trivial requests. */
const ASK_EVERY_MS = 5

export const storm: Group = {
  promise: 'answers and accounts for every line in a storm of log lines',
  assertions({ adapter, check }) {
    for (const kind of ['pipe', 'socket'] as const) {
      check(
        `of 50,000 a second, with a reader of 1 MB/s at the end of a ${kind}`,
        () => weathered(adapter, kind),
        3 * DEADLINE_MS,
      )
    }
  },
}

/** Runs one storm. A service that waited for its reader would lose no line. */
async function weathered(adapter: Adapter, kind: 'pipe' | 'socket'): Promise<void> {
  using pipe = kind === 'pipe' ? new Pipe() : undefined
  await using service = await ServiceProcess.start(adapter, {}, pipe?.writer ?? 'unread')
  pipe?.release()
  const hurry = new AbortController()
  const written = slowTextOf(pipe?.reader ?? (service.child.stdout as Socket), hurry.signal)

  const requests = await stormed(service.port)
  hurry.abort()
  const ledger = await drained(service.port)
  service.child.kill('SIGKILL')
  const lines = (await written)
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  expectEveryLine(lines, ledger, requests, service.errors)
}

/**
 * Makes a service write its lines, and sends trivial requests meanwhile. They are sent at a fixed rate: a
 * client that waits for responses sends fewest requests when they are slow.
 *
 * @returns the number of answered requests
 */
async function stormed(port: number): Promise<number> {
  const agent = new Agent({ keepAlive: true })
  const asked: Array<ReturnType<typeof call>> = []
  const asking = setInterval(() => asked.push(call(port, '/fast', { agent })), ASK_EVERY_MS)
  const { status } = await call(port, `/storm/${LINES_PER_SECOND}/${LINES}`)
  clearInterval(asking)
  const replies = await Promise.all(asked)
  agent.destroy()
  expect(new Set([status, ...replies.map((reply) => reply.status)])).toEqual(new Set([200]))
  return replies.length
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

/** Reads the beginning of a stream at a limited rate, and the rest when told to hurry. */
async function slowTextOf(stream: Socket, hurry: AbortSignal): Promise<string> {
  const pieces: Buffer[] = []
  const start = performance.now()
  let bytes = 0
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece)
    bytes += piece.length
    const ahead = (bytes / BYTES_PER_SECOND) * 1_000 - (performance.now() - start)
    const waits = bytes < TAKEN_BYTES ? ahead : FOREVER_MS
    if (waits > 0 && !hurry.aborted) await delay(waits, undefined, { signal: hurry }).catch(() => {})
  }
  return Buffer.concat(pieces).toString()
}
