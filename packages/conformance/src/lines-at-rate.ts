import type { Logger } from '@sightline/core'

/**
 * Writes lines at a rate, for as long as that takes.
 *
 * @returns how long it took, and how many bytes the process has grown at most meanwhile
 */
export async function linesAtRate(log: Logger, linesPerSecond: number, lines: number) {
  const text = 'x'.repeat(200)
  const before = process.memoryUsage.rss()
  const start = performance.now()
  let [written, grownBytes] = [0, 0]
  while (written < lines) {
    const due = Math.min(lines, ((performance.now() - start) / 1_000) * linesPerSecond)
    // What a pause of the machine has held up is made up for in steps that leave requests their turn.
    for (const end = Math.min(Math.floor(due), written + 100); written < end; written++)
      log.info({ n: written, text }, 'line')
    grownBytes = Math.max(grownBytes, process.memoryUsage.rss() - before)
    await new Promise(setImmediate)
  }
  return { tookMs: performance.now() - start, grownBytes }
}
