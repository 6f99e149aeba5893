import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gunzipSync } from 'node:zlib'

/** A receiver that only counts spans. */
export interface Collector {
  /** The OTLP endpoint of a sender. */
  endpointOf(sender: string): string
  /** Number of spans received from a sender. */
  spansOf(sender: string): number
  close(): Promise<void>
}

/**
 * Starts a receiver of OTLP over HTTP, in protobuf or JSON, with or without compression:
 * https://opentelemetry.io/docs/specs/otlp/#otlphttp
 */
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

/** Only spans have this field. It is counted in the raw bytes: parsing would use the load's core. */
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
    // All fields on this path are length-delimited. Other fields contain no spans.
    if ((key & 7) !== 2)
      throw new Error(`an export of spans has a field of wire type ${key & 7} where none should be`)
    const length = varint()
    if (key >> 3 === wanted) spans += spansInProtobuf(body.subarray(at, at + length), rest)
    at += length
  }
  return spans
}
