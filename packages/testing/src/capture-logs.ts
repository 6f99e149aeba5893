import { AssertionError } from 'node:assert'
import { inspect } from 'node:util'

import type { LogDestination, Sightline } from '@sightline/core'
import { tapsOf } from '@sightline/core/telemetry'

import type { LogLine } from './emission.ts'
import { matches, matchInOrder, type Pattern } from './pattern.ts'
import { leakIn } from './secrets.ts'

/** Captured log lines. Also a log destination: `createSightline({ log: { destination: logs } })`. */
export interface LogCapture extends LogDestination {
  /** The parsed lines. */
  readonly lines: readonly LogLine[]
  /** The lines as text. */
  readonly texts: readonly string[]
  /**
   * Resolves to the first line that matches, present or future.
   *
   * @throws {AssertionError} if none arrives in time. Default: 5000 ms
   */
  line(pattern: Pattern, withinMs?: number): Promise<LogLine>
  /**
   * Asserts that a line matches each pattern, in this order.
   *
   * @throws {AssertionError} with the lines
   */
  assert(...patterns: readonly Pattern[]): void
  /**
   * Asserts that no line contains one of these texts, or a value with the name or shape of a secret.
   *
   * @throws {AssertionError} with the secret that was found
   */
  assertNoSecrets(...secrets: readonly string[]): void
  /** Removes the lines so far. */
  clear(): void
  /** Stops the capture. */
  stop(): void
}

/** Only a failing test reaches this deadline. */
const DEADLINE_MS = 5_000

/**
 * Captures log lines: the lines of a Sightline, which still reach their destination, or the lines written to
 * this object as a destination.
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
