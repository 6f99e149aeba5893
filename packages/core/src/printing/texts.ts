import type { Secrets } from '@sightline/secrets'

/** Maximum length of a text that is printed uncut. */
export const MAX_TEXT = 8_192

/** Characters read beyond the cut. Longer than any secret that is recognized only by its end. */
export const MARGIN = 1_024

/** Masks and cuts texts. */
export interface Texts {
  text(full: string, limit?: number, mask?: Secrets['mask']): string
  /**
   * The first `length` characters, masked. The text after them is read as well, since it may reveal a secret
   * in them.
   */
  beginning(full: string, length: number, mask?: Secrets['mask']): string
}

export function createTexts(secrets: Secrets): Texts {
  function text(full: string, limit = MAX_TEXT, mask = secrets.mask): string {
    if (full.length <= limit || isCut(full, limit)) return mask(full)
    return `${beginning(full, limit, mask)}… (${full.length - limit} more characters)`
  }

  /**
   * Masks before it cuts, since a cut could hide the sign of a secret. Text far beyond the cut has no
   * influence.
   */
  function beginning(full: string, length: number, mask = secrets.mask): string {
    const read = full.slice(0, length + MARGIN)
    const masked = mask(read)
    // Masks may be shorter than their secrets and move later text into the result: it is removed.
    const beyond = sameEnd(masked, read, read.length - length)
    return masked.slice(0, Math.min(length, masked.length - beyond))
  }

  return { text, beginning }
}

/** Whether this printer has already cut the text. */
function isCut(full: string, limit: number): boolean {
  return full.length <= limit + 40 && /… \(\d+ more characters\)$/.test(full.slice(limit - 1))
}

/** Length of the common end of two texts, up to `most`. */
function sameEnd(one: string, other: string, most: number): number {
  let count = 0
  while (count < most && one.at(-1 - count) === other.at(-1 - count)) count++
  return count
}
