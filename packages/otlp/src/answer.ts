/** The response of a collector to a batch: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */

/** The verdict of a collector that accepted a batch, at least in part. */
export interface Verdict {
  /** Number of rejected spans, data points or log records. They must not be sent again. */
  readonly rejected: number
  /** The reason for the rejection, or a warning if nothing was rejected. */
  readonly message: string | undefined
}

/** The reason appears in a log line: a longer one is cut. */
const MAX_REASON = 500
/** Only these bytes of a response are read. A usual response has some hundred. */
const MAX_ANSWER = 65_536

const ACCEPTED: Verdict = { rejected: 0, message: undefined }

/** The name of the rejected count of each signal, in JSON and in the `.proto` files. */
const REJECTED = [
  'rejectedSpans',
  'rejectedDataPoints',
  'rejectedLogRecords',
  'rejected_spans',
  'rejected_data_points',
  'rejected_log_records',
]

/**
 * Reads the response to an accepted batch (status 200). An unreadable response means that nothing was
 * rejected.
 *
 * @param type the media type of the response; absent: protobuf
 */
export function readVerdict(answer: Uint8Array, type?: string): Verdict {
  if (isJson(type)) return jsonVerdict(answer)
  // `partial_success` is field 1 of the response of each signal. Its field 1 is the count, its field 2 the
  // reason.
  const partial = fieldsOf(bounded(answer))?.get(1)
  const fields = partial instanceof Uint8Array ? fieldsOf(partial) : undefined
  if (fields === undefined) return ACCEPTED
  const rejected = fields.get(1)
  const message = fields.get(2)
  return {
    rejected: countOf(rejected),
    message: message instanceof Uint8Array ? reason(textOf(message)) : undefined,
  }
}

/** Reads the reason for a rejected batch (status 400 and above): a `google.rpc.Status`, or plain text. */
export function readReason(answer: Uint8Array, type?: string): string | undefined {
  if (isJson(type)) {
    const { message, error } = jsonFields(answer)
    if (typeof message === 'string') return reason(message)
    return typeof error === 'string' ? reason(error) : undefined
  }
  if (isProtobuf(type)) {
    const message = fieldsOf(bounded(answer))?.get(2)
    return message instanceof Uint8Array ? reason(textOf(message)) : undefined
  }
  return type?.startsWith('text/plain') === true ? reason(textOf(bounded(answer))) : undefined
}

function jsonVerdict(answer: Uint8Array): Verdict {
  const fields = jsonFields(answer)
  const partial = fields.partialSuccess ?? fields.partial_success
  if (typeof partial !== 'object' || partial === null) return ACCEPTED
  const said = partial as Record<string, unknown>
  const name = REJECTED.find((candidate) => Object.hasOwn(said, candidate))
  const message = said.errorMessage ?? said.error_message
  return {
    rejected: name === undefined ? 0 : countOf(Number(said[name])),
    message: typeof message === 'string' ? reason(message) : undefined,
  }
}

function jsonFields(answer: Uint8Array): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(textOf(bounded(answer)))
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {}
  } catch {
    return {}
  }
}

/** The last value of each field of a protobuf message. `undefined` for invalid bytes. */
function fieldsOf(message: Uint8Array): Map<number, number | Uint8Array> | undefined {
  const fields = new Map<number, number | Uint8Array>()
  let at = 0

  /** Counts are doubles here: a value above 2^53 is no count. `NaN` for a truncated message. */
  function varint(): number {
    let value = 0
    let unit = 1
    for (let length = 0; length < 10; length++, unit *= 128) {
      const byte = message[at++]
      if (byte === undefined) return Number.NaN
      value += (byte & 127) * unit
      if (byte < 128) return value
    }
    return Number.NaN
  }

  while (at < message.length) {
    const tag = varint()
    const wireType = tag % 8
    const size = wireType === 0 ? 0 : wireType === 1 ? 8 : wireType === 5 ? 4 : wireType === 2 ? varint() : -1
    const value = wireType === 0 ? varint() : message.subarray(at, at + size)
    at += size
    if (!(size >= 0 && at <= message.length) || Number.isNaN(value)) return undefined
    fields.set((tag - wireType) / 8, value)
  }
  return fields
}

function countOf(value: unknown): number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0 ? value : 0
}

function bounded(answer: Uint8Array): Uint8Array {
  return answer.subarray(0, MAX_ANSWER)
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8')
}

/** Makes a foreign text safe for the log: one line of limited length. `undefined` for an empty result. */
function reason(text: string): string | undefined {
  const line = text
    .slice(0, 2 * MAX_REASON)
    .replace(/[\s\u0000-\u001f\u007f-\u009f]+/g, ' ')
    .trim()
  if (line === '') return undefined
  return line.length > MAX_REASON ? `${line.slice(0, MAX_REASON)}…` : line
}

function isJson(type: string | undefined): boolean {
  return type !== undefined && /^application\/(?:[\w.+-]+\+)?json\b/i.test(type)
}

function isProtobuf(type: string | undefined): boolean {
  return type === undefined || /^application\/(?:x-protobuf|protobuf|octet-stream)\b/i.test(type)
}
