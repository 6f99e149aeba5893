import type { Logger } from '@sightline/core'

/** Writes lines at a rate. */
export async function linesAtRate(log: Logger, linesPerSecond: number, lines: number): Promise<void> {
  const text = 'x'.repeat(200)
  const start = performance.now()
  let written = 0
  while (written < lines) {
    const due = Math.min(lines, ((performance.now() - start) / 1_000) * linesPerSecond)
    // Catches up after a pause of the machine in steps, so that requests get their turn.
    for (const end = Math.min(Math.floor(due), written + 100); written < end; written++)
      log.info({ n: written, text }, 'line')
    await new Promise(setImmediate)
  }
}
