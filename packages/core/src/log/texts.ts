import type { Secrets } from './secrets.ts'

/** The longest text that is shown whole. */
export const MAX_TEXT = 8_192

/** What is read beyond the cut of a text: longer than any secret that only its end tells from other texts. */
export const MARGIN = 1_024

/** Texts, masked and cut where they are too long. */
export interface Texts {
  text(full: string, limit?: number, mask?: Secrets['mask']): string
  /** The first so many characters, masked; what stands behind them may tell what is a secret in them. */
  beginning(full: string, length: number, mask?: Secrets['mask']): string
}

export function createTexts(secrets: Secrets): Texts {
  function text(full: string, limit = MAX_TEXT, mask = secrets.mask): string {
    if (full.length <= limit || isCut(full, limit)) return mask(full)
    return `${beginning(full, limit, mask)}… (${full.length - limit} more characters)`
  }

  /** Masked before it is cut, or the cut could take away what tells a secret; what is far beyond the cut does not matter. */
  function beginning(full: string, length: number, mask = secrets.mask): string {
    const read = full.slice(0, length + MARGIN)
    const masked = mask(read)
    // Where masks are shorter than their secrets, what was read beyond the cut has come before it.
    const beyond = sameEnd(masked, read, read.length - length)
    return masked.slice(0, Math.min(length, masked.length - beyond))
  }

  return { text, beginning }
}

/** Whether a text was cut here before. */
function isCut(full: string, limit: number): boolean {
  return full.length <= limit + 40 && /… \(\d+ more characters\)$/.test(full.slice(limit - 1))
}

/** How many characters two texts share at their ends, as far as anybody wants to know. */
function sameEnd(one: string, other: string, most: number): number {
  let count = 0
  while (count < most && one.at(-1 - count) === other.at(-1 - count)) count++
  return count
}
