import { EventEmitter, once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

import { type Message, decodeJson, decodeProtobuf, encodeAnswer, entriesOf, type Signal } from './official.ts'

/** The behaviour of a sink. */
export type Conduct =
  /** Accepts everything, except for `rejected` entries. */
  | { readonly kind: 'accept'; readonly rejected?: number; readonly message?: string }
  /** Rejects everything: 503 with `Retry-After`, 429, 400, … */
  | {
      readonly kind: 'refuse'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Uint8Array
    }
  /** Accepts bodies up to a size on the wire, and answers 413 to larger ones. */
  | { readonly kind: 'limit'; readonly bytes: number }
  /** Reads requests and never responds. Accepts nothing. */
  | { readonly kind: 'silent' }
  /** Accepts everything, and delays the response. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Accepts everything, and sends an invalid response. */
  | { readonly kind: 'lie'; readonly lie: 'garbage' | 'html' | 'endless' | 'short' | 'cut' }

/** A received request. */
interface SinkRequest {
  readonly signal: Signal
  readonly headers: IncomingMessage['headers']
  /** Size of the body on the wire. */
  readonly bytes: number
  readonly message: Message
  readonly taken: boolean
}

/** An accepted span, metric or log record, with its resource and scope. */
type Taken = ReturnType<typeof entriesOf>[number]

const SIGNALS: Readonly<Record<string, Signal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
}

/** A strict OTLP collector for tests: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export interface OtlpSink {
  /** The base URL: the value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  /** All decoded requests, accepted or not, in order of arrival. */
  readonly requests: readonly SinkRequest[]
  /** Errors of requests that could not be decoded. A test of correct behaviour expects none. */
  readonly faults: readonly Error[]
  /** The accepted entries of a signal. */
  taken(signal: Signal): Taken[]
  /** Sets the behaviour for the next requests. */
  conduct: Conduct
  /** Resolves when the condition holds, checked after each request. Rejects after `ms`. */
  until(met: () => boolean, ms?: number): Promise<void>
  /** Closes the port and all connections. New connections are refused. */
  leave(): Promise<void>
  /** Opens the same port again. */
  comeBack(): Promise<void>
  close(): Promise<void>
}

/** Starts a sink on a free port. */
export async function startSink(conduct: Conduct = { kind: 'accept' }): Promise<OtlpSink> {
  const requests: SinkRequest[] = []
  const faults: Error[] = []
  const arrivals = new EventEmitter()
  const server = createServer((req, res) => {
    bodyOf(req).then(
      (body) => meet(req, res, body),
      () => res.destroy(),
    )
  })

  function meet(req: IncomingMessage, res: ServerResponse, wire: Buffer): void {
    try {
      const signal = signalOf(req)
      const encoding = encodingOf(req)
      const body = req.headers['content-encoding'] === 'gzip' ? gunzipSync(wire) : wire
      const message = encoding === 'json' ? decodeJson(signal, body) : decodeProtobuf(signal, body)
      const taken = takes(sink.conduct, wire.length)
      requests.push({ signal, headers: req.headers, bytes: wire.length, message, taken })
      answer(res, sink.conduct, taken, signal, encoding)
    } catch (error) {
      faults.push(error as Error)
      res.writeHead(400, { 'content-type': 'text/plain' }).end(String(error))
    }
    arrivals.emit('request')
  }

  async function listen(port: number): Promise<number> {
    await once(server.listen(port, '127.0.0.1'), 'listening')
    return (server.address() as AddressInfo).port
  }

  async function leave(): Promise<void> {
    if (!server.listening) return
    const closed = once(server.close(), 'close')
    server.closeAllConnections()
    await closed
  }

  const port = await listen(0)
  const sink: OtlpSink = {
    url: `http://127.0.0.1:${port}`,
    requests,
    faults,
    conduct,
    taken: (signal) =>
      requests
        .filter((request) => request.taken && request.signal === signal)
        .flatMap(({ message }) => entriesOf(signal, message)),
    async until(met, ms = 10_000) {
      const signal = AbortSignal.timeout(ms)
      while (!met()) await once(arrivals, 'request', { signal })
    },
    leave,
    comeBack: async () => void (await listen(port)),
    close: leave,
  }
  return sink
}

function signalOf({ method, url = '' }: IncomingMessage): Signal {
  const signal = SIGNALS[url]
  if (method !== 'POST' || signal === undefined) throw new Error(`${method} ${url} is no request of OTLP.`)
  return signal
}

function encodingOf({ headers }: IncomingMessage): 'protobuf' | 'json' {
  const type = headers['content-type']
  if (type === 'application/x-protobuf') return 'protobuf'
  if (type === 'application/json') return 'json'
  throw new Error(`${type} is no media type of OTLP.`)
}

async function bodyOf(req: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  for await (const chunk of req) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

function takes(conduct: Conduct, bytes: number): boolean {
  if (conduct.kind === 'limit') return bytes <= conduct.bytes
  return conduct.kind !== 'refuse' && conduct.kind !== 'silent'
}

function answer(
  res: ServerResponse,
  conduct: Conduct,
  taken: boolean,
  signal: Signal,
  encoding: 'protobuf' | 'json',
): void {
  const type = encoding === 'json' ? 'application/json' : 'application/x-protobuf'
  const accept = (partial?: { rejected: number; message?: string }): void => {
    res.writeHead(200, { 'content-type': type }).end(encodeAnswer(signal, encoding, partial))
  }
  switch (conduct.kind) {
    case 'accept': {
      const { rejected, message } = conduct
      return accept(
        rejected === undefined ? undefined : { rejected, ...(message !== undefined && { message }) },
      )
    }
    case 'limit':
      return taken ? accept() : void res.writeHead(413).end()
    case 'slow':
      return void setTimeout(accept, conduct.ms).unref()
    case 'refuse':
      return void res.writeHead(conduct.status, { ...conduct.headers }).end(conduct.body)
    case 'lie':
      return lie(res, conduct.lie, type)
    case 'silent':
  }
}

function lie(res: ServerResponse, kind: Extract<Conduct, { kind: 'lie' }>['lie'], type: string): void {
  switch (kind) {
    case 'garbage':
      return void res.writeHead(200, { 'content-type': type }).end(Buffer.alloc(1_000, 0xff))
    case 'html':
      return void res.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Please log in</h1>')
    case 'endless': {
      res.writeHead(200, { 'content-type': type })
      const more = (): void => {
        while (!res.destroyed && res.write(Buffer.alloc(16_384)));
      }
      res.on('drain', more)
      return more()
    }
    case 'short':
      // Announces more bytes than it sends, and leaves the connection open.
      return void res.writeHead(200, { 'content-type': type, 'content-length': '1000' }).write('{}')
    case 'cut':
      res.writeHead(200, { 'content-type': type, 'content-length': '1000' })
      return void res.write('{}', () => res.destroy())
  }
}
