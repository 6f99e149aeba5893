import { EventEmitter, once } from 'node:events'
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

import { type Message, decodeJson, decodeProtobuf, encodeAnswer, entriesOf, type Signal } from './official.ts'

/** How a sink meets its requests. */
export type Conduct =
  /** Takes everything, or all but the number it says. */
  | { readonly kind: 'accept'; readonly rejected?: number; readonly message?: string }
  /** Takes nothing, and says so: 503 with `Retry-After`, 429, 400, … */
  | {
      readonly kind: 'refuse'
      readonly status: number
      readonly headers?: Readonly<Record<string, string>>
      readonly body?: string | Uint8Array
    }
  /** Takes bodies up to a size (as they are on the wire), and answers 413 to larger ones. */
  | { readonly kind: 'limit'; readonly bytes: number }
  /** Reads, and never answers. Nothing is taken. */
  | { readonly kind: 'silent' }
  /** Takes everything, and lets its clients wait for the answer. */
  | { readonly kind: 'slow'; readonly ms: number }
  /** Takes everything, and answers with something that is no answer. */
  | { readonly kind: 'lie'; readonly lie: 'garbage' | 'html' | 'endless' | 'short' | 'cut' }

/** One request as it came in. */
interface SinkRequest {
  readonly signal: Signal
  readonly headers: IncomingMessage['headers']
  /** The body's size on the wire. */
  readonly bytes: number
  readonly message: Message
  readonly taken: boolean
}

/** One span, metric or log record that the sink has taken, with where it comes from. */
type Taken = ReturnType<typeof entriesOf>[number]

const SIGNALS: Readonly<Record<string, Signal>> = {
  '/v1/traces': 'traces',
  '/v1/metrics': 'metrics',
  '/v1/logs': 'logs',
}

/** An OTLP collector for tests, strict about what it is sent: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export interface OtlpSink {
  /** Without a path: the value of `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string
  /** All requests that could be decoded, taken or not, in their order. */
  readonly requests: readonly SinkRequest[]
  /** What could not be decoded. A test of good behaviour expects none. */
  readonly faults: readonly Error[]
  /** What was taken of one signal. */
  taken(signal: Signal): Taken[]
  /** How requests are met from now on. */
  conduct: Conduct
  /** Resolves as soon as it is true, looking again whenever a request has come in. Fails after `ms`. */
  until(met: () => boolean, ms?: number): Promise<void>
  /** Closes the port and all connections: from now on connections are refused. */
  leave(): Promise<void>
  /** Listens again, on the same port. */
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
      // Promises more than it sends, and leaves the connection open.
      return void res.writeHead(200, { 'content-type': type, 'content-length': '1000' }).write('{}')
    case 'cut':
      res.writeHead(200, { 'content-type': type, 'content-length': '1000' })
      return void res.write('{}', () => res.destroy())
  }
}
