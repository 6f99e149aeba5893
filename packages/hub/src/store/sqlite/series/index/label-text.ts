import type { Labels } from '../../../samples.ts'

/** The labels of a series as stored: a JSON object, sorted by name, without empty values. Equal labels are equal texts. */
export function labelText(labels: Labels): string {
  const parts: string[] = []
  for (const name of Object.keys(labels).toSorted()) {
    const value = labels[name]
    // SQLite stores UTF-8, which has no half of a surrogate pair.
    if (value !== undefined && value !== '')
      parts.push(`${JSON.stringify(name.toWellFormed())}:${JSON.stringify(value.toWellFormed())}`)
  }
  return `{${parts.join(',')}}`
}

/** The labels of a stored text. */
export function labelsOf(text: string): Labels {
  // Only `labelText` has written it.
  return JSON.parse(text) as Labels
}

/**
 * A hash of 32 bits (FNV-1a), by which a series is found: an index of it takes a tenth of an index of the texts. Others may have
 * the same.
 */
export function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193)
  return hash
}

/** Name and value of the label that every series has in the index, so that the set of all series is found as any other. */
export const EVERY_SERIES = ['', ''] as const
