import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

import type { LogDestination, Sightline } from '@sightline/core'
import { tapsOf } from '@sightline/core/telemetry'

import type { LogLine } from './emission.ts'
import { matches, matchInOrder, type Pattern } from './pattern.ts'
import { leakIn } from './secrets.ts'

/** Log lines as they were written. It is a destination as well: `createSightline({ log: { destination: logs } })`. */
export interface LogCapture extends LogDestination {
  /** The lines, read. */
  readonly lines: readonly LogLine[]
  /** The lines as text. */
  readonly texts: readonly string[]
  /**
   * The first line that is as expected, of those that are there or are still to come.
   *
   * @throws {AssertionError} where none has come within so many milliseconds. Default: 5000
   */
  line(pattern: Pattern, withinMs?: number): Promise<LogLine>
  /**
   * Makes sure that there is a line for each pattern, in this order.
   *
   * @throws {AssertionError} with the lines
   */
  assert(...patterns: readonly Pattern[]): void
  /**
   * Makes sure that no line shows any of these texts, or anything with the name or the shape of a secret.
   *
   * @throws {AssertionError} with what was found
   */
  assertNoSecrets(...secrets: readonly string[]): void
  /** Forgets the lines so far. */
  clear(): void
  /** Captures no more. */
  stop(): void
}

/** Nothing else waits for so long: something is wrong where it has passed. */
const DEADLINE_MS = 5_000

/**
 * Captures log lines: those of a Sightline, which go where they went before as well, or those that are handed to it as to a
 * destination.
 *
 * @example
 * const logs = captureLogs()
 * app.use(sightline({ log: { destination: logs } }))
 */
export function captureLogs(sightline?: Sightline): LogCapture {
  const texts: string[] = []
  const lines: LogLine[] = []
  const waiting = new Set<(line: LogLine) => void>()
  const taps = sightline && tapsOf(sightline)
  let isOpen = true

  function write(text: string): void {
    if (!isOpen) return
    const line = JSON.parse(text) as LogLine
    texts.push(text)
    lines.push(line)
    for (const look of waiting) look(line)
  }
  const unlisten = taps?.lines.listen(write)

  return {
    lines,
    texts,
    write,
    line(pattern, withinMs = DEADLINE_MS) {
      const known = lines.find((line) => matches(line, pattern))
      if (known) return Promise.resolve(known)
      return new Promise((resolve, reject) => {
        const deadline = setTimeout(() => {
          waiting.delete(look)
          reject(failure(`no such line within ${withinMs} ms`, pattern))
        }, withinMs)
        function look(line: LogLine): void {
          if (!matches(line, pattern)) return
          clearTimeout(deadline)
          waiting.delete(look)
          resolve(line)
        }
        waiting.add(look)
      })
    },
    assert(...patterns) {
      if (!matchInOrder(lines, patterns)) throw failure('the lines are not as expected', patterns)
    },
    assertNoSecrets(...secrets) {
      const leak = leakIn(lines, secrets)
      if (leak) throw new AssertionError({ message: `the log shows ${leak.secret}: …${leak.around}…` })
    },
    clear() {
      texts.length = 0
      lines.length = 0
    },
    stop() {
      isOpen = false
      unlisten?.()
    },
  }

  function failure(what: string, expected: unknown): AssertionError {
    return new AssertionError({
      message: `${what}.\nExpected: ${inspect(expected, { depth: 6 })}\nWritten: ${inspect(lines, { depth: 6 })}`,
      actual: lines,
      expected,
      operator: 'assert',
    })
  }
}
