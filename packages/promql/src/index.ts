export { PromqlError, type PromqlErrorType } from './error.ts'
export { bucketQuantile } from './functions/bucket-quantile.ts'
export { LabelSet } from './labels/label-set.ts'
export { Matcher, type MatchOperator } from './labels/matcher.ts'
export { expand, type Groups, Pattern } from './labels/pattern.ts'
export type { Expression, ValueType } from './parse/expression.ts'
export { parse, parseSelector } from './parse/parse.ts'
export { typeOf } from './parse/types.ts'
export {
  type InstantQuery,
  type Lookback,
  queryInstant,
  type QueryOptions,
  queryRange,
  type RangeQuery,
} from './query.ts'
export type {
  InstantResult,
  MatrixResult,
  MatrixSeries,
  ResultSample,
  VectorSeries,
} from './result/result.ts'
export {
  markStale,
  memorySource,
  type SelectedSeries,
  type Selection,
  type SeriesSource,
  STALE_BITS,
} from './source.ts'
