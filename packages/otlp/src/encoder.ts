import { JsonWriter } from './json-writer.ts'
import { ProtobufWriter } from './protobuf-writer.ts'
import { type Scope, scopesOf } from './scope.ts'
import { VALUE_LIMIT, type Values, valuesOf } from './values.ts'
import type { Encoding, Prepared, Writer } from './writer.ts'

export interface EncoderOptions {
  /** Default: `protobuf`. */
  readonly encoding?: Encoding | undefined
  /** Maximum characters of a text in an attribute or log body. A longer text is cut. Default: 8,192. */
  readonly valueLimit?: number | undefined
}

/** The parts that the encoders of all signals share. */
export interface Tools {
  readonly writer: Writer
  readonly values: Values
  readonly scopes: (scope: Scope) => Prepared
}

/** Creates the parts of one encoder. They must not be mixed: the writer holds the entry being written. */
export function toolsOf({ encoding = 'protobuf', valueLimit = VALUE_LIMIT }: EncoderOptions): Tools {
  const writer = encoding === 'json' ? new JsonWriter() : new ProtobufWriter()
  const values = valuesOf(writer, valueLimit)
  return { writer, values, scopes: scopesOf(writer, values) }
}
