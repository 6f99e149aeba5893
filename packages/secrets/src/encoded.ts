/** Masks secrets in percent-encoded text, such as a URL within a URL. */
import { CENSOR } from './censor.ts'

/** Maximum nesting of encodings. Text that is encoded more often is masked as a whole. */
const MAX_DECODINGS = 4

const ENCODED = /%[\da-f]{2}/i

/**
 * Encoded characters that can hide a secret: separators, quotes, letters, double encoding. Not spaces or `é`.
 */
const HIDING = /%(?:2[2357c-f]|3[a-f]|[4-7][\da-f])|(?:bearer|basic)%20/i

/** A cheap test of whether {@link maskEncoded} can find anything. */
export function mayHideSecrets(text: string): boolean {
  return text.includes('%') && HIDING.test(text)
}

/** Characters that end a parameter value or a path segment. */
const ENDS = ' \t\r\n&?#/"\'<>=;,\\`'

/**
 * Masks the secrets in the encoded parts of a text. Runs in linear time.
 *
 * @param mask masks a decoded part
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

/** Never throws: text that is not valid UTF-8 may hold a secret, too. */
function decode(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    return decodedLetters(part)
  }
}

/** Decodes the encoded ASCII of a text, and leaves the rest as it is. */
export function decodedLetters(text: string): string {
  return text.replace(/%([2-7][\da-f])/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
}

function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed())
}
