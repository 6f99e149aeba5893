/**
 * The official definitions of OTLP: the code that protobuf.js generated from opentelemetry-proto, published
 * with earlier versions of @opentelemetry/otlp-transformer. This decoder is stricter than receivers: an
 * unknown field or text that is not UTF-8 is an error.
 */
import otlp from 'otlp-official/build/src/generated/root.js'
import protobuf from 'protobufjs/minimal.js'

/** The signals of OTLP. */
export type Signal = 'traces' | 'metrics' | 'logs'

/** A decoded message: lists, nested objects, 64-bit numbers as strings, bytes as hexadecimal digits. */
export interface Message {
  // oxlint-disable-next-line typescript/no-explicit-any -- a test knows what it has sent, and Jest compares anything
  readonly [field: string]: any
}

/** The generated code of a message. */
interface Definition {
  decode(reader: protobuf.Reader): object
  encode(message: object): protobuf.Writer
  fromObject(object: object): object
  toObject(message: object, options: object): Message
}

interface Collector {
  readonly request: Definition
  readonly response: Definition
  /** The path from the request to the list of entries. */
  readonly path: readonly [string, string, string]
  /** Name of the rejected count in the response. */
  readonly rejected: string
}

// The generated types are all optional and all different. This file handles the three signals alike.
const collector = (otlp as unknown as { opentelemetry: { proto: { collector: Message } } }).opentelemetry
  .proto.collector

const COLLECTORS: Readonly<Record<Signal, Collector>> = {
  traces: {
    request: collector.trace.v1.ExportTraceServiceRequest,
    response: collector.trace.v1.ExportTraceServiceResponse,
    path: ['resourceSpans', 'scopeSpans', 'spans'],
    rejected: 'rejectedSpans',
  },
  metrics: {
    request: collector.metrics.v1.ExportMetricsServiceRequest,
    response: collector.metrics.v1.ExportMetricsServiceResponse,
    path: ['resourceMetrics', 'scopeMetrics', 'metrics'],
    rejected: 'rejectedDataPoints',
  },
  logs: {
    request: collector.logs.v1.ExportLogsServiceRequest,
    response: collector.logs.v1.ExportLogsServiceResponse,
    path: ['resourceLogs', 'scopeLogs', 'logRecords'],
    rejected: 'rejectedLogRecords',
  },
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

class StrictReader extends protobuf.Reader {
  /** Called for each unknown field. */
  override skipType(): this {
    throw new Error(`An unknown field ends at byte ${this.pos}.`)
  }

  override string(): string {
    return utf8.decode(this.bytes())
  }
}

/** Decodes an export request in protobuf. */
export function decodeProtobuf(signal: Signal, body: Uint8Array): Message {
  const { request } = COLLECTORS[signal]
  const message = request.decode(new StrictReader(Uint8Array.from(body)))
  // Encoding it again must give the same length: no repeated field, no padded length.
  const again = request.encode(message).finish().length
  if (again !== body.length) throw new Error(`A body of ${body.length} bytes can be said in ${again}.`)
  return plain(request.toObject(message, { longs: String })) as Message
}

/** Encodes an export request in protobuf. 64-bit numbers may be texts. */
export function encodeProtobuf(signal: Signal, message: object): Uint8Array {
  const { request } = COLLECTORS[signal]
  return request.encode(request.fromObject(message)).finish()
}

/** Decodes an export request in JSON. */
export function decodeJson(signal: Signal, body: Uint8Array | string): Message {
  const { request } = COLLECTORS[signal]
  const json = JSON.parse(typeof body === 'string' ? body : utf8.decode(body)) as object
  const decoded = plain(request.toObject(request.fromObject(withBytes(json) as object), { longs: String }))
  sameKeys(json, decoded, signal)
  return decoded as Message
}

/** Each span, metric or log record of a decoded request, with its resource and scope. */
export function entriesOf(
  signal: Signal,
  request: Message,
): { readonly resource: Message; readonly scope: Message; readonly entry: Message }[] {
  const [resources, scopes, entries] = COLLECTORS[signal].path
  return request[resources].flatMap(({ resource, ...inResource }: Message) =>
    inResource[scopes].flatMap(({ scope, ...inScope }: Message) =>
      inScope[entries].map((entry: Message) => ({ resource, scope, entry })),
    ),
  )
}

/** Encodes the response of a collector with the definitions. */
export function encodeAnswer(
  signal: Signal,
  encoding: 'protobuf' | 'json',
  partial?: { readonly rejected: number; readonly message?: string },
): Buffer {
  const { response, rejected } = COLLECTORS[signal]
  const partialSuccess = partial && { [rejected]: partial.rejected, errorMessage: partial.message ?? '' }
  const message = response.fromObject({ ...(partialSuccess && { partialSuccess }) })
  return encoding === 'json'
    ? Buffer.from(JSON.stringify(response.toObject(message, { longs: String })))
    : Buffer.from(response.encode(message).finish())
}

/** Attributes as an object with OTLP values: `{ key: { stringValue: 'x' } }`. */
export function attributesOf(message: Message): Message {
  return Object.fromEntries((message.attributes ?? []).map(({ key, value }: Message) => [key, value]))
}

/** Converts a message to plain objects. Bytes become hexadecimal digits. */
function plain(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex')
  if (Array.isArray(value)) return value.map(plain)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, plain(held)]))
}

/** Converts ids: OTLP JSON has hexadecimal digits, protobuf JSON has base64. */
function withBytes(value: unknown, name = ''): unknown {
  if (typeof value === 'string') {
    if (name === 'traceId' || name === 'spanId' || name === 'parentSpanId') return Buffer.from(value, 'hex')
    return name === 'bytesValue' ? Buffer.from(value, 'base64') : value
  }
  if (Array.isArray(value)) return value.map((item) => withBytes(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, held]) => [key, withBytes(held, key)]))
}

/** Throws if the JSON has an unknown field. */
function sameKeys(json: unknown, decoded: unknown, where: string): void {
  if (typeof json !== 'object' || json === null) return
  for (const [key, value] of Object.entries(json)) {
    // The definitions decode an empty list as an absent one.
    if (Array.isArray(value) && value.length === 0) continue
    if (!Object.hasOwn(decoded as object, key)) throw new Error(`The definitions know no ${where}.${key}.`)
    sameKeys(value, (decoded as Message)[key], `${where}.${key}`)
  }
}
