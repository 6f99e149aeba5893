/** Numbers below a limit that are the same in every run with the same seed. */
function below(seed: number): (limit: number) => number {
  let state = seed
  return (limit) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
}

const SERIES = [
  'up',
  'requests_total',
  'requests_total{code="200"}',
  'latency_seconds_bucket',
  'temperature',
  'build_info',
  'limit',
  'flat',
  'mixed',
  'sparse',
  'same_a',
  'nothing',
  '{__name__=~"same_.|turn_."}',
]
const SHIFTS = ['', '', '', ' offset 5m', ' offset -7m', ' @ 1700005000', ' @ end()', ' @ start() offset 3m']
const RANGES = ['30s', '1m', '5m', '17m', '1h']
const STEPS = ['', '1m', '45s', '3m']
const OPERATORS = ['+', '-', '*', '/', '%', '^', 'atan2', '==', '!=', '>', '< bool']
const MATCHINGS = [
  '',
  'on () ',
  'on (job) ',
  'on (instance) ',
  'ignoring (code, method) ',
  'on (job) group_left ',
  'on (instance) group_right (version) ',
]
const AGGREGATIONS = ['sum', 'avg', 'max', 'min', 'count', 'group', 'stddev']
const GROUPINGS = ['', ' by (job)', ' by (instance)', ' without (code, method)', ' without (instance)']
const OVER_RANGES = (
  'rate increase delta irate avg_over_time max_over_time last_over_time count_over_time changes resets ' +
  'present_over_time absent_over_time sum_over_time'
).split(' ')
const OVER_VALUES = 'abs ceil floor sgn absent timestamp day_of_week'.split(' ')
const SCALARS = ['1', '2.5', '-3', 'time()', 'pi()', '0']

/**
 * Expressions that are put together by chance, the same ones for the same seed. Without `sort` and `topk`, as these
 * depend on the order of equal values, which Prometheus does not define.
 */
export function randomExpressions(seed: number, count: number): string[] {
  const random = below(seed)
  const pick = (list: readonly string[]) => list[random(list.length)] ?? ''

  const vector = (depth: number): string => {
    if (depth <= 0) return pick(SERIES) + pick(SHIFTS)
    const inner = depth - 1
    switch (random(9)) {
      case 0:
        return `${pick(AGGREGATIONS)}${pick(GROUPINGS)}(${vector(inner)})`
      case 1:
        return `quantile(0.4, ${vector(inner)})${pick(GROUPINGS)}`
      case 2:
        return `${pick(OVER_RANGES)}(${range(inner)})`
      case 3:
        return `${vector(inner)} ${pick(OPERATORS)} ${pick(MATCHINGS)}${vector(inner)}`
      case 4:
        return `${vector(inner)} ${pick(['and', 'or', 'unless'])} ${pick(MATCHINGS.slice(0, 5))}${vector(inner)}`
      case 5:
        return `${vector(inner)} ${pick(OPERATORS)} ${scalar(inner)}`
      case 6:
        return `${pick(OVER_VALUES)}(${vector(inner)})`
      case 7:
        return `label_replace(${vector(inner)}, "instance", "$1", "instance", "(...).*")`
      default:
        return `-${vector(inner)}`
    }
  }

  // A subquery has at least one step: of one that has none, Prometheus evaluates what is the same at all steps.
  const range = (depth: number): string =>
    random(2) === 0
      ? `${pick(SERIES)}[${pick(RANGES)}]${pick(SHIFTS)}`
      : `(${vector(depth)})[${pick(RANGES.slice(2))}:${pick(STEPS)}]${pick(SHIFTS)}`

  const scalar = (depth: number): string => {
    if (depth <= 0) return pick(SCALARS)
    const inner = depth - 1
    switch (random(4)) {
      case 0:
        return `scalar(${vector(inner)})`
      case 1:
        return `${scalar(inner)} * ${scalar(inner)}`
      case 2:
        return `-${scalar(inner)} ^ 2`
      default:
        return `(${scalar(inner)} > bool ${scalar(inner)})`
    }
  }

  return Array.from({ length: count }, () => vector(1 + random(3)))
}
