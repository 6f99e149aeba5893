import { AssertionError } from 'node:assert'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { RequestRecord, Sightline } from '@sightline/core'
import { tapsOf } from '@sightline/core/telemetry'

import { type App, knownApp } from './app.ts'
import { Emission, type LogLine } from './emission.ts'
import { changes, type Samples, samplesIn } from './samples.ts'
import { asPrinted, leakIn, secretsIn } from './secrets.ts'
import { type EmittedSpan, listenToSpans } from './spans.ts'

export interface TelemetryOptions {
  /** The Sightline of the application, where the application cannot be asked for it. */
  readonly sightline?: Sightline
  /** Milliseconds for which a request may go on once its answer is there. Default: 5000. */
  readonly deadline?: number
}

/** What came of a function, and what the service has emitted meanwhile. */
export interface Watched<T> {
  readonly result: T
  readonly emission: Emission
}

/** What an application emits, from the moment on at which it is watched. */
export interface Telemetry extends AsyncDisposable {
  readonly sightline: Sightline
  /** All that ended so far. */
  readonly records: readonly RequestRecord[]
  /** All that was written so far. */
  readonly lines: readonly LogLine[]
  /**
   * Sends a request to the application over a socket, and waits until it has ended there.
   *
   * @param target such as `/orders/7?full=1`
   */
  request(
    target: string,
    init?: RequestInit,
  ): Promise<{ response: Response } & Pick<Watched<never>, 'emission'>>
  /**
   * Runs a function that makes requests in its own way, such as Fastify's `inject` or supertest, and waits until all that
   * have begun meanwhile have ended.
   */
  watch<T>(fn: () => PromiseLike<T> | T): Promise<Watched<T>>
  /** All metrics by series: `http_requests_total{method="GET",route="/orders/:id",status="200"}`. */
  metrics(): Promise<Samples>
  /**
   * Makes sure that no secret has left: none of these texts, none that a request of {@link request} has brought along in
   * its headers or body, and nothing with the name or the shape of one, in no log line, record, span or metric.
   *
   * @throws {AssertionError} with what was found, and where
   */
  assertNoSecrets(...secrets: readonly string[]): Promise<void>
  /** Watches no more, and ends what was opened for {@link request}. The application goes on. */
  close(): Promise<void>
}

/**
 * Watches what an application emits.
 *
 * @throws {Error} where the application is not observed, or cannot be asked by what
 * @example
 * await using shop = await telemetry(app)
 * const { response, emission } = await shop.request('/orders/7')
 * emission.assert({ record: { route: '/orders/:id', status: 200 }, lines: [{ msg: 'order found' }] })
 * await shop.assertNoSecrets()
 */
export async function telemetry(app: App, options: TelemetryOptions = {}): Promise<Telemetry> {
  const { deadline = 5_000 } = options
  const known = await knownApp(app)
  const sightline = options.sightline ?? known.sightline
  const taps = sightline && tapsOf(sightline)
  if (sightline === undefined || taps === undefined) {
    throw new Error(
      'Sightline: this application is not observed, or its Sightline cannot be found: register it before, or hand it over: telemetry(app, { sightline })',
    )
  }

  const records: RequestRecord[] = []
  const lines: LogLine[] = []
  const spans: EmittedSpan[] = []
  const carried = new Set<string>()
  const underWay = new Latch()
  const ends = [
    taps.addSink({
      name: 'testing',
      begin: () => underWay.begin(),
      write(record) {
        records.push(record)
        underWay.end()
      },
    }),
    taps.lines.listen((line) => void lines.push(JSON.parse(line) as LogLine)),
  ]
  const unlisten = listenToSpans((span) => void spans.push(span))
  if (unlisten) ends.push(unlisten)
  let address: Promise<string> | undefined

  const metrics = async () => samplesIn(await taps.metrics.text())

  async function watch<T>(fn: () => PromiseLike<T> | T): Promise<Watched<T>> {
    const before = await metrics()
    const [firstRecord, firstLine, firstSpan] = [records.length, lines.length, spans.length]
    const result = await fn()
    await underWay.open(deadline)
    const emission = new Emission(
      records.slice(firstRecord),
      lines.slice(firstLine),
      changes(before, await metrics()),
      unlisten && spans.slice(firstSpan),
    )
    return { result, emission }
  }

  async function close(): Promise<void> {
    for (const end of ends.splice(0)) end()
    if (address === undefined || known.listens) return
    await address
    known.server.closeAllConnections()
    known.server.close()
    await once(known.server, 'close')
    address = undefined
  }

  return {
    sightline,
    records,
    lines,
    watch,
    metrics,
    async request(target, init = {}) {
      for (const secret of secretsIn(init)) carried.add(secret)
      const base = await (address ??= opened(known.server, known.listens))
      const { result: response, emission } = await watch(async () => {
        const answer = await fetch(base + target, { redirect: 'manual', ...init })
        // The request has ended once its answer is read; who asked reads a copy.
        await answer.clone().arrayBuffer()
        return answer
      })
      return { response, emission }
    },
    async assertNoSecrets(...secrets) {
      const wanted = [...carried, ...secrets]
      const places = {
        'a log line': lines,
        'a record': records.map(asPrinted),
        'a span': spans,
        'a metric': [...(await metrics()).keys()],
      }
      for (const [place, shown] of Object.entries(places)) {
        const leak = leakIn(shown, wanted)
        if (leak) throw new AssertionError({ message: `${place} shows ${leak.secret}: …${leak.around}…` })
      }
    },
    close,
    [Symbol.asyncDispose]: close,
  }
}

/** The base of the application's URLs. */
async function opened(server: Server, listens: boolean): Promise<string> {
  if (!listens) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const { port, address, family } = server.address() as AddressInfo
  const host = family === 'IPv6' ? (address === '::' ? '[::1]' : `[${address}]`) : address
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
}

/** Opens when as many requests have ended as have begun. */
class Latch {
  #count = 0
  #opened: PromiseWithResolvers<void> | undefined = undefined

  begin(): void {
    this.#count++
  }

  end(): void {
    // One that had begun before may end meanwhile.
    this.#count = Math.max(0, this.#count - 1)
    if (this.#count > 0) return
    this.#opened?.resolve()
    this.#opened = undefined
  }

  /** @throws {AssertionError} where they have not within so many milliseconds */
  async open(withinMs: number): Promise<void> {
    if (this.#count > 0) {
      this.#opened ??= Promise.withResolvers()
      const timer = setTimeout(() => {
        const message = `${this.#count} requests have not ended within ${withinMs} ms after their answer`
        this.#opened?.reject(new AssertionError({ message }))
        this.#opened = undefined
      }, withinMs)
      await this.#opened.promise.finally(() => clearTimeout(timer))
    }
    // The access event and the end of its span come right after the record.
    await new Promise(setImmediate)
  }
}
