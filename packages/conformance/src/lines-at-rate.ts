import type { Logger } from '@sightline/core'

/**
 * Writes lines at a rate.
 *
 * @returns the duration, and the maximum growth of the process in bytes
 */
export async function linesAtRate(log: Logger, linesPerSecond: number, lines: number) {
  const text = 'x'.repeat(200)
  const before = process.memoryUsage.rss()
  const start = performance.now()
  let [written, grownBytes] = [0, 0]
  while (written < lines) {
    const due = Math.min(lines, ((performance.now() - start) / 1_000) * linesPerSecond)
    // Catches up after a pause of the machine in steps, so that requests get their turn.
    for (const end = Math.min(Math.floor(due), written + 100); written < end; written++)
      log.info({ n: written, text }, 'line')
    grownBytes = Math.max(grownBytes, process.memoryUsage.rss() - before)
    await new Promise(setImmediate)
  }
  return { tookMs: performance.now() - start, grownBytes }
}
