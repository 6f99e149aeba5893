/** What a collector says to a batch: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */

/** The verdict of a collector that has taken a batch, in part at least. */
export interface Verdict {
  /** How many spans, data points or log records it has refused. They are not to be sent again. */
  readonly rejected: number
  /** Its reason, or a warning where nothing was refused. */
  readonly message: string | undefined
}

/** A reason ends in a log line: longer ones are cut. */
const MAX_REASON = 500
/** More than this is never read: an honest answer has some hundred bytes. */
const MAX_ANSWER = 65_536

const ACCEPTED: Verdict = { rejected: 0, message: undefined }

/** The names of the count of each signal, in JSON and in the `.proto` files. */
const REJECTED = [
  'rejectedSpans',
  'rejectedDataPoints',
  'rejectedLogRecords',
  'rejected_spans',
  'rejected_data_points',
  'rejected_log_records',
]

/**
 * Reads the answer to a batch that was accepted (status 200). Whatever makes no sense means that nothing was refused.
 *
 * @param type the answer's media type; absent: protobuf
 */
export function readVerdict(answer: Uint8Array, type?: string): Verdict {
  if (isJson(type)) return jsonVerdict(answer)
  // `partial_success` is field 1 of the answers of all signals; in it the count is field 1, the reason field 2.
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

/** Reads why a batch was refused (status 400 and above): a `google.rpc.Status`, or whatever text there is. */
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

/** The last value of each field of a protobuf message; `undefined` where the bytes are none. */
function fieldsOf(message: Uint8Array): Map<number, number | Uint8Array> | undefined {
  const fields = new Map<number, number | Uint8Array>()
  let at = 0

  /** Counts are doubles here: what is larger than 2^53 is no count. `NaN` where the message ends too early. */
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

/** A text from a stranger that goes to the log: one line, not too long; `undefined` where nothing is left of it. */
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
