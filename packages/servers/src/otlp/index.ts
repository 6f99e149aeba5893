export {
  attributesOf,
  decodeJson,
  decodeProtobuf,
  encodeAnswer,
  entriesOf,
  type Message,
} from './official.ts'
export { type OtlpSink, startSink } from './sink.ts'
