import type { IncomingMessage } from 'node:http'

import type { BodyForm } from '../ingest/ingest.ts'

export type OtlpEncoding = BodyForm['encoding']

/** The media type of answers in an encoding. */
export const MEDIA_TYPES: Readonly<Record<OtlpEncoding, string>> = {
  protobuf: 'application/x-protobuf',
  json: 'application/json',
}

/** The encoding of a body, by its media type. `undefined` for a type that OTLP does not have. */
export function encodingOf(req: IncomingMessage): OtlpEncoding | undefined {
  const [type = ''] = (req.headers['content-type'] ?? '').split(';', 1)
  switch (type.trim().toLowerCase()) {
    case 'application/x-protobuf':
      return 'protobuf'
    case 'application/json':
      return 'json'
    default:
      return undefined
  }
}

/** Whether a body is compressed. `undefined` for a coding other than gzip. */
export function isGzip(req: IncomingMessage): boolean | undefined {
  switch ((req.headers['content-encoding'] ?? '').trim().toLowerCase()) {
    case '':
    case 'identity':
      return false
    case 'gzip':
    case 'x-gzip':
      return true
    default:
      return undefined
  }
}
