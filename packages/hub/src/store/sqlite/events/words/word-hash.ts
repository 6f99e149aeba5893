/**
 * Words stand in the index as hashes of 32 bits: FNV-1a over UTF-16 units, with the bits mixed at the end. Rows of the blocks that a hash
 * leads to are compared with the whole words. Hashes are stored, so they must not change.
 */

/** Where the hash of a word begins. Those of beginnings and traces begin elsewhere, so that they are no words. */
export const WORD = 0x811c9dc5
export const BEGINNING = 0x2f0b4a27
const TRACE = 0x6a09e667

/** Longest beginning in the index, in UTF-16 units. */
export const LONGEST_BEGINNING = 8

/** Takes one more unit into a hash. */
export function step(hash: number, unit: number): number {
  return Math.imul(hash ^ unit, 0x01000193)
}

/** Ends a hash. This is the finalizer of MurmurHash3: the index sorts by the upper bits, which FNV-1a mixes least. */
export function mixed(hash: number): number {
  let bits = hash ^ (hash >>> 16)
  bits = Math.imul(bits, 0x85ebca6b)
  bits ^= bits >>> 13
  bits = Math.imul(bits, 0xc2b2ae35)
  return (bits ^ (bits >>> 16)) >>> 0
}

/** The hash of a word in lower case. */
export function hashOfWord(word: string): number {
  return hashed(WORD, word)
}

/**
 * The hash that the index has for words with a common beginning: that of the leading letters, at most eight. Digits are left out, since
 * nearly every id would have beginnings of its own. `undefined` for a beginning that starts with a digit.
 */
export function hashOfBeginning(beginning: string): number | undefined {
  const letters = /^[^\d_]*/.exec(beginning)?.[0].slice(0, LONGEST_BEGINNING) ?? ''
  return letters === '' ? undefined : hashed(BEGINNING, letters)
}

/** The hash of the trace id at `offset`: of its last 8 bytes, which are random in all versions of trace ids. */
export function hashOfTrace(ids: Uint8Array, offset: number): number {
  let hash = TRACE
  for (let at = offset + 8; at < offset + 16; at++) hash = step(hash, ids[at] ?? 0)
  return mixed(hash)
}

function hashed(first: number, text: string): number {
  let hash = first
  for (let at = 0; at < text.length; at++) hash = step(hash, text.charCodeAt(at))
  return mixed(hash)
}

/** Whether the code of a character ends the leading letters of a word: 0-9, underscore. */
export function endsBeginning(code: number): boolean {
  return (code >= 48 && code <= 57) || code === 95
}
