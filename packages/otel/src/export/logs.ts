import type { FaultReporter } from '@sightline/core/telemetry'
import type { Delivery } from '@sightline/delivery'
import { createLogEncoder, type Encoding, type Scope } from '@sightline/otlp'

import { createLogLineReader } from './log-line.ts'

const LOG_SCOPE: Scope = { name: '@sightline/core' }

/** Lines wait this long for being taken apart, so that it is not the request that pays for it. */
const DELAY_MS = 50
/** So many are taken apart before others get their turn: about half a millisecond's worth. */
const LINES_PER_TURN = 64
/** So many characters wait at most; beyond, a line is taken apart where it is written. */
const MAX_WAITING = 4 * 1_024 * 1_024

/** Takes the lines of a log. */
export interface LogExport {
  /** Keeps a line for later. */
  take(line: string): void
  /** Takes apart all that waits. */
  flush(): void
}

/** Hands log lines over as OTLP, some time after they were written. */
export function otlpLogs(
  delivery: Delivery,
  options: {
    readonly encoding: Encoding
    readonly valueLimit: number | undefined
    readonly fault: FaultReporter
  },
): LogExport {
  const read = createLogLineReader()
  const encode = createLogEncoder(options)
  let waiting: Array<readonly [line: string, at: number]> = []
  let characters = 0
  let timer: NodeJS.Timeout | undefined

  function deliver(count: number): void {
    const lines = waiting.slice(0, count)
    waiting = waiting.slice(count)
    for (const [line, at] of lines) {
      characters -= line.length
      try {
        const record = read(line, at)
        // Errors are the last to be dropped.
        delivery.push(encode(record, LOG_SCOPE), { valuable: (record.severityNumber ?? 0) >= 17 })
      } catch (error) {
        options.fault('the export of a log line', error)
      }
    }
  }

  function turn(): void {
    timer = undefined
    deliver(LINES_PER_TURN)
    if (waiting.length > 0) setImmediate(turn).unref()
  }

  return {
    take(line) {
      waiting.push([line, Date.now()])
      characters += line.length
      if (characters > MAX_WAITING) deliver(waiting.length)
      else if (waiting.length === 1) timer ??= setTimeout(turn, DELAY_MS).unref()
    },
    flush() {
      clearTimeout(timer)
      timer = undefined
      deliver(waiting.length)
    },
  }
}
