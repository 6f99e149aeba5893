import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A receiver of spans that keeps only their number. */
export interface Collector {
  /** The OTLP endpoint for one sender. */
  endpointOf(sender: string): string
  /** How many spans have come from a sender. */
  spansOf(sender: string): number
  close(): Promise<void>
}

/** Starts a receiver of OTLP over HTTP, protobuf or JSON, compressed or not: https://opentelemetry.io/docs/specs/otlp/#otlphttp */
export async function startCollector(): Promise<Collector> {
  const counts = new Map<string, number>()
  const server = createServer((req, res) => {
    const pieces: Buffer[] = []
    req.on('data', (piece: Buffer) => void pieces.push(piece))
    req.on('end', () => {
      const type = req.headers['content-type'] ?? ''
      const sender = (req.url ?? '').split('/')[1] ?? ''
      const sent = Buffer.concat(pieces)
      const body = req.headers['content-encoding'] === 'gzip' ? gunzipSync(sent) : sent
      const spans = type.includes('json') ? spansInJson(body) : spansInProtobuf(body)
      counts.set(sender, (counts.get(sender) ?? 0) + spans)
      res.setHeader('content-type', type).end(type.includes('json') ? '{}' : '')
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo

  return {
    endpointOf: (sender) => `http://127.0.0.1:${port}/${sender}`,
    spansOf: (sender) => counts.get(sender) ?? 0,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** Only spans have this field. Counted in the bytes: to parse them would take the load's core. */
const START = Buffer.from('"startTimeUnixNano":')

function spansInJson(body: Buffer): number {
  let spans = 0
  for (let at = body.indexOf(START); at >= 0; at = body.indexOf(START, at + START.length)) spans++
  return spans
}

// ExportTraceServiceRequest.resource_spans, ResourceSpans.scope_spans, ScopeSpans.spans:
// https://github.com/open-telemetry/opentelemetry-proto/blob/main/opentelemetry/proto/trace/v1/trace.proto
const PATH_TO_SPANS = [1, 2, 2]

function spansInProtobuf(body: Buffer, path: readonly number[] = PATH_TO_SPANS): number {
  const [wanted, ...rest] = path
  if (wanted === undefined) return 1
  let spans = 0
  let at = 0
  const varint = () => {
    let value = 0
    for (let factor = 1; ; factor *= 128) {
      const byte = body[at++] ?? 0
      value += (byte & 127) * factor
      if (byte < 128) return value
    }
  }
  while (at < body.length) {
    const key = varint()
    // All fields on the way are length-delimited; whatever else is there has no spans in it.
    if ((key & 7) !== 2)
      throw new Error(`an export of spans has a field of wire type ${key & 7} where none should be`)
    const length = varint()
    if (key >> 3 === wanted) spans += spansInProtobuf(body.subarray(at, at + length), rest)
    at += length
  }
  return spans
}
