import { performance } from 'node:perf_hooks'

import { type ExpositionFormat, familyHead, linesOf, PIECE_LENGTH } from './exposition.ts'
import type { Family } from './family.ts'
import { distinct, type LeftOut } from './left-out.ts'

/** A finished scrape. It is sent in pieces, since joining megabytes would block the event loop. */
export interface Rendering {
  readonly pieces: readonly Buffer[]
  readonly bytes: number
  /** Families whose names were taken. The formats allow each name once. */
  readonly leftOut: readonly LeftOut[]
}

/** Length of a work slice in milliseconds, before the event loop gets its turn. */
const TURN_MS = 1

/** Formats families as text, and yields to the event loop in between. */
export async function render(
  families: AsyncIterable<Family> | Iterable<Family>,
  format: ExpositionFormat,
): Promise<Rendering> {
  const leftOut: LeftOut[] = []
  const pieces: Buffer[] = []
  let bytes = 0
  let text = ''
  let turnBegan = performance.now()

  function cut(): void {
    const piece = Buffer.from(text)
    pieces.push(piece)
    bytes += piece.length
    text = ''
  }

  for await (const family of distinct(families, format, leftOut)) {
    text += familyHead(family, format)
    for (const lines of linesOf(family, format)) {
      text += lines
      if (text.length < PIECE_LENGTH) continue
      cut()
      if (performance.now() - turnBegan < TURN_MS) continue
      await nextTurn()
      turnBegan = performance.now()
    }
  }
  if (format === 'openmetrics') text += '# EOF\n'
  cut()
  return { pieces, bytes, leftOut }
}

/**
 * Shares one rendering among concurrent scrapes of the same format.
 *
 * @param make starts a rendering
 */
export function shared(
  make: (format: ExpositionFormat) => Promise<Rendering>,
): (format: ExpositionFormat) => Promise<Rendering> {
  const underWay = new Map<ExpositionFormat, Promise<Rendering>>()
  return (format) => {
    const existing = underWay.get(format)
    if (existing) return existing
    const made = make(format).finally(() => underWay.delete(format))
    underWay.set(format, made)
    return made
  }
}

/** Resolves after the event loop has handled everything that is ready. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve)
  })
}
