const TWO_32 = 4_294_967_296
/** The upper half of 2^53. */
const SAFE_HIGH = 0x20_0000

/** An `int64` from its halves: a number if it is a safe integer, or else a bigint. */
export function integerOf(low: number, high: number): number | bigint {
  const signed = high | 0
  if (signed >= -SAFE_HIGH && signed < SAFE_HIGH && !(signed === -SAFE_HIGH && low === 0))
    return signed * TWO_32 + low
  return (BigInt(signed) << 32n) | BigInt(low)
}
