/** Texts within texts: what a URL carries percent-encoded, such as another URL. */
import { CENSOR } from './censor.ts'

/** How often a text is decoded. What is encoded still more often is not shown. */
const MAX_DECODINGS = 4

const ENCODED = /%[\da-f]{2}/i

/** What can hide a secret by being encoded: separators, quotes, letters, what is encoded twice. Not spaces, nor `é`. */
const HIDING = /%(?:2[2357c-f]|3[a-f]|[4-7][\da-f])|(?:bearer|basic)%20/i

/** A cheap first look, whether {@link maskEncoded} can find anything. */
export function mayHideSecrets(text: string): boolean {
  return text.includes('%') && HIDING.test(text)
}

/** What ends the value of a parameter or a segment of a path. */
const ENDS = ' \t\r\n&?#/"\'<>=;,\\`'

/**
 * The text with the secrets masked that are in its encoded parts. Takes time in proportion to its length.
 *
 * @param mask masks a part that has been decoded
 */
export function maskEncoded(text: string, mask: (decoded: string) => string, decodings = 1): string {
  let masked = ''
  let copied = 0
  for (let at = text.indexOf('%'); at >= 0; at = text.indexOf('%', copied)) {
    let start = at
    while (start > copied && !ENDS.includes(text[start - 1] ?? '')) start--
    let end = at
    while (end < text.length && !ENDS.includes(text[end] ?? '')) end++
    masked += text.slice(copied, start) + maskPart(text.slice(start, end), mask, decodings)
    copied = end
  }
  return masked + text.slice(copied)
}

function maskPart(part: string, mask: (decoded: string) => string, decodings: number): string {
  if (!ENCODED.test(part)) return part
  if (decodings > MAX_DECODINGS) return CENSOR
  const decoded = decode(part)
  const shown = maskEncoded(mask(decoded), mask, decodings + 1)
  return shown === decoded ? part : shown.split(CENSOR).map(encode).join(CENSOR)
}

/** Never throws: what is no UTF-8 may hold a secret as well. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return decodedLetters(part)
  }
}

/** The text with the ASCII decoded that is encoded in it, whatever else there is. */
export function decodedLetters(text: string): string {
  return text.replace(/%([2-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
