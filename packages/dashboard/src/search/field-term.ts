const NAME = /^[\p{L}_@][\p{L}\p{N}_@./-]*$/u
/** A value that means itself without quotation marks. */
export const PLAIN = /^(?!\/\/|[1-5]xx$|AND$|OR$|NOT$)[\p{L}\p{N}_/@-](?:(?!\.\.)[\p{L}\p{N}_/@.:-])*$/iu

/** The term for a field that has a value, or does not have it. */
export function fieldTerm(field: string, value: string, not = false): string {
  const name = NAME.test(field) ? field : quoted(field)
  return `${not ? '-' : ''}${name}:${PLAIN.test(value) ? value : quoted(value)}`
}

/** The hub cuts longer values in its answers to this number of characters. */
const TOLD = 200

/** The term for a value as the hub tells it: a long one is the beginning of a value. */
export const toldTerm = (field: string, value: string): string =>
  fieldTerm(field, value) + (value.length < TOLD ? '' : '*')

const quoted = (text: string): string => `"${text.replaceAll(/["\\]/g, String.raw`\$&`)}"`
