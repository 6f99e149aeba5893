/** Spans are sampled at 1 in 2^56 at least. */
const ALL = 2 ** 56
const THRESHOLD_DIGITS = 14
/** `p` of a span that was recorded although its probability was 0. */
const ZERO_PROBABILITY = 63

/**
 * How many spans one sampled span stands for, by its tracestate: 1 over its sampling probability. 1 where that is unknown.
 * `ot=th:c` has the rejection threshold (https://opentelemetry.io/docs/specs/otel/trace/tracestate-probability-sampling/),
 * `ot=p:2` of its predecessor the negative logarithm of the probability.
 */
export function samplingWeight(traceState: string): number {
  if (!traceState.includes('ot=')) return 1
  for (const member of traceState.split(',')) {
    const trimmed = member.trim()
    if (trimmed.startsWith('ot=')) return weightOf(trimmed.slice(3))
  }
  return 1
}

function weightOf(fields: string): number {
  const values = new Map(fields.split(';').map((field) => [field.slice(0, field.indexOf(':')), field]))
  const [, threshold] = /^th:([\da-f]{1,14})$/.exec(values.get('th') ?? '') ?? []
  if (threshold !== undefined) {
    const digits = threshold.padEnd(THRESHOLD_DIGITS, '0')
    const rejected = BigInt(`0x${digits}`)
    return ALL / Number(2n ** 56n - rejected)
  }
  const [, exponent] = /^p:(\d{1,2})$/.exec(values.get('p') ?? '') ?? []
  if (exponent === undefined || Number(exponent) >= ZERO_PROBABILITY) return 1
  return 2 ** Number(exponent)
}
