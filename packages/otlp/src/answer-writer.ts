/** The responses of a receiver: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response */
import type { Signal } from './batch.ts'
import { putVarint, varintSize } from './bytes.ts'
import type { Encoding } from './writer.ts'

/** JSON names of the rejected count. */
const REJECTED = {
  traces: 'rejectedSpans',
  metrics: 'rejectedDataPoints',
  logs: 'rejectedLogRecords',
} as const

/** Fields of the response, of `Export…PartialSuccess` and of `google.rpc.Status`, with their wire types. */
const PARTIAL_SUCCESS = 0x0a
const COUNT = 0x08
const MESSAGE = 0x12

/**
 * The body of the response to an accepted request (status 200).
 *
 * @param read what `createReader` tells about the request. `partial_success` is written only if there is something to tell: rejected
 * items, which the client must not send again, or a warning.
 */
export function writeResponse(
  signal: Signal,
  encoding: Encoding,
  { rejected, reason }: { readonly rejected: number; readonly reason: string },
): Uint8Array {
  const isWhole = rejected === 0 && reason === ''
  if (encoding === 'json')
    return Buffer.from(
      isWhole
        ? '{}'
        : JSON.stringify({ partialSuccess: { [REJECTED[signal]]: String(rejected), errorMessage: reason } }),
    )
  if (isWhole) return new Uint8Array()
  const partial = numberAndText(rejected, reason)
  const head = Buffer.alloc(1 + varintSize(partial.length), PARTIAL_SUCCESS)
  putVarint(head, 1, partial.length)
  return Buffer.concat([head, partial])
}

/**
 * The body of the response to a refused request (status 400 and above): a `google.rpc.Status`.
 *
 * @param status a code of https://github.com/googleapis/googleapis/blob/master/google/rpc/code.proto, and a sentence for the client
 */
export function writeRpcStatus(
  encoding: Encoding,
  { code, message }: { readonly code: number; readonly message: string },
): Uint8Array {
  return encoding === 'json' ? Buffer.from(JSON.stringify({ code, message })) : numberAndText(code, message)
}

/** Both messages have a number in field 1 and a text in field 2. */
function numberAndText(number: number, text: string): Buffer {
  const bytes = Buffer.from(text)
  const head = Buffer.alloc(2 + varintSize(number) + varintSize(bytes.length))
  head[0] = COUNT
  const at = putVarint(head, 1, number)
  head[at] = MESSAGE
  putVarint(head, at + 1, bytes.length)
  return Buffer.concat([head, bytes])
}
