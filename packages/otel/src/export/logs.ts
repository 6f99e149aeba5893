import type { FaultReporter } from '@sightline/core/telemetry'
import type { Delivery } from '@sightline/delivery'
import { createLogEncoder, type Encoding, type Scope } from '@sightline/otlp'

import { createLogLineReader } from './log-line.ts'

const LOG_SCOPE: Scope = { name: '@sightline/core' }

/** Delay before lines are parsed, so that parsing does not slow the request down. */
const DELAY_MS = 50
/** Lines parsed per turn of the event loop: about half a millisecond of work. */
const LINES_PER_TURN = 64
/** Maximum characters in the queue. Beyond it, a line is parsed when it is written. */
const MAX_WAITING = 4 * 1_024 * 1_024

/** Receives log lines. */
export interface LogExport {
  /** Queues a line for parsing. */
  take(line: string): void
  /** Parses all queued lines. */
  flush(): void
}

/** Exports log lines as OTLP, shortly after they were written. */
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
        // Errors are dropped last.
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
