import { AssertionError } from 'node:assert'
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'

import type { RequestRecord, Sightline } from '@sightline/core'
import { tapsOf } from '@sightline/core/telemetry'

import { type App, knownApp } from './app.ts'
import { Emission, type LogLine } from './emission.ts'
import { changes, type Samples, samplesOf } from './samples.ts'
import { asPrinted, leakIn, secretsIn } from './secrets.ts'
import { type EmittedSpan, listenToSpans } from './spans.ts'

export interface TelemetryOptions {
  /** The Sightline of the application, if the application does not expose it. */
  readonly sightline?: Sightline
  /** Milliseconds within which a request must end after its response. Default: 5000. */
  readonly deadline?: number
}

/** The result of a function, and the output of the service during it. */
export interface Watched<T> {
  readonly result: T
  readonly emission: Emission
}

/** The output of an application since the start of the observation. */
export interface Telemetry extends AsyncDisposable {
  readonly sightline: Sightline
  /** All records so far. */
  readonly records: readonly RequestRecord[]
  /** All lines so far. */
  readonly lines: readonly LogLine[]
  /**
   * Sends a request to the application over a socket, and waits for its end in the service.
   *
   * @param target such as `/orders/7?full=1`
   */
  request(
    target: string,
    init?: RequestInit,
  ): Promise<{ response: Response } & Pick<Watched<never>, 'emission'>>
  /**
   * Runs a function that makes requests itself, such as with Fastify's `inject` or supertest, and waits for
   * the end of all requests that it started.
   */
  watch<T>(fn: () => PromiseLike<T> | T): Promise<Watched<T>>
  /** All metrics, by series: `http_requests_total{method="GET",route="/orders/:id",status="200"}`. */
  metrics(): Promise<Samples>
  /**
   * Asserts that no log line, record, span or metric contains a secret: one of these texts, a secret from the
   * headers or body of a {@link request}, or a value with the name or shape of a secret.
   *
   * @throws {AssertionError} with the secret and its place
   */
  assertNoSecrets(...secrets: readonly string[]): Promise<void>
  /** Stops the observation, and closes the resources of {@link request}. The application keeps running. */
  close(): Promise<void>
}

/**
 * Observes the output of an application.
 *
 * @throws {Error} if the application is not observed, or is of an unknown kind
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

  const metrics = async () => samplesOf(taps.metrics.families())

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
        // A request ends when its response is read. The caller gets an unread copy.
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

/** The base URL of the application. */
async function opened(server: Server, listens: boolean): Promise<string> {
  if (!listens) {
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
  }
  const { port, address, family } = server.address() as AddressInfo
  const host = family === 'IPv6' ? (address === '::' ? '[::1]' : `[${address}]`) : address
  return `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
}

/** Opens when all started requests have ended. */
class Latch {
  #count = 0
  #opened: PromiseWithResolvers<void> | undefined = undefined

  begin(): void {
    this.#count++
  }

  end(): void {
    // A request that started before the observation may end during it.
    this.#count = Math.max(0, this.#count - 1)
    if (this.#count > 0) return
    this.#opened?.resolve()
    this.#opened = undefined
  }

  /** @throws {AssertionError} after `withinMs` milliseconds */
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
    // The access event and the span end follow directly after the record.
    await new Promise(setImmediate)
  }
}
