import type { ValueType } from './expression.ts'

/** What a function takes and returns. */
export interface Signature {
  readonly args: readonly ValueType[]
  /** How many times the last argument may be left out or repeated: 0 exactly once, 1 at most once, -1 any number. */
  readonly variadic: -1 | 0 | 1
  readonly returns: 'scalar' | 'vector'
}

const of = (args: readonly ValueType[], variadic: -1 | 0 | 1 = 0): Signature => ({
  args,
  variadic,
  returns: 'vector',
})

const vector = of(['vector'])
const matrix = of(['matrix'])
const date = of(['vector'], 1)

/** All functions of Prometheus 2.42. */
export const SIGNATURES: ReadonlyMap<string, Signature> = new Map(
  Object.entries({
    abs: vector,
    absent: vector,
    absent_over_time: matrix,
    acos: vector,
    acosh: vector,
    asin: vector,
    asinh: vector,
    atan: vector,
    atanh: vector,
    avg_over_time: matrix,
    ceil: vector,
    changes: matrix,
    clamp: of(['vector', 'scalar', 'scalar']),
    clamp_max: of(['vector', 'scalar']),
    clamp_min: of(['vector', 'scalar']),
    cos: vector,
    cosh: vector,
    count_over_time: matrix,
    day_of_month: date,
    day_of_week: date,
    day_of_year: date,
    days_in_month: date,
    deg: vector,
    delta: matrix,
    deriv: matrix,
    exp: vector,
    floor: vector,
    histogram_count: vector,
    histogram_fraction: of(['scalar', 'scalar', 'vector']),
    histogram_quantile: of(['scalar', 'vector']),
    histogram_sum: vector,
    holt_winters: of(['matrix', 'scalar', 'scalar']),
    hour: date,
    idelta: matrix,
    increase: matrix,
    irate: matrix,
    label_join: of(['vector', 'string', 'string', 'string'], -1),
    label_replace: of(['vector', 'string', 'string', 'string', 'string']),
    last_over_time: matrix,
    ln: vector,
    log10: vector,
    log2: vector,
    max_over_time: matrix,
    min_over_time: matrix,
    minute: date,
    month: date,
    pi: { args: [], variadic: 0, returns: 'scalar' },
    predict_linear: of(['matrix', 'scalar']),
    present_over_time: matrix,
    quantile_over_time: of(['scalar', 'matrix']),
    rad: vector,
    rate: matrix,
    resets: matrix,
    round: of(['vector', 'scalar'], 1),
    scalar: { args: ['vector'], variadic: 0, returns: 'scalar' },
    sgn: vector,
    sin: vector,
    sinh: vector,
    sort: vector,
    sort_desc: vector,
    sqrt: vector,
    stddev_over_time: matrix,
    stdvar_over_time: matrix,
    sum_over_time: matrix,
    tan: vector,
    tanh: vector,
    time: { args: [], variadic: 0, returns: 'scalar' },
    timestamp: vector,
    vector: of(['scalar']),
    year: date,
  } satisfies Record<string, Signature>),
)
