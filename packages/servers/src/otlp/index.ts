export {
  attributesOf,
  decodeJson,
  decodeProtobuf,
  encodeAnswer,
  encodeProtobuf,
  entriesOf,
  type Message,
} from './official.ts'
export { type OtlpSink, startSink } from './sink.ts'
