import type { Logger } from 'pino'

import { type Place, Roster } from './roster.ts'

/** Writes the last record of a dying process. */
export interface LastWords {
  /** Writes the lines that the current request has held back in case of a failure. */
  readonly reveal: () => void
  /** A logger that writes without delay. */
  readonly log: () => Logger
  /** Writes the pending output within a moment. */
  readonly flush: () => void
}

// A process dies once, even with several services. The first live one writes the record.
const speakers = new Roster<LastWords>()

/**
 * Writes one fatal record when an error kills the process. It only observes: the way the process dies and the
 * application's own handlers are unaffected.
 */
export function recordCrash(words: LastWords): Place {
  if (!isWatching) watch()
  const place = speakers.enter(words)
  return {
    ...place,
    leave() {
      place.leave()
      if (speakers.isEmpty) unwatch()
    },
  }
}

let isWatching = false

function watch(): void {
  isWatching = true
  process.on('uncaughtExceptionMonitor', onException)
  process.on('warning', onWarning)
  process.on('newListener', onNewListener)
  if (process.listenerCount('unhandledRejection') > 0) listenBesideOthers()
}

function unwatch(): void {
  isWatching = false
  process.off('uncaughtExceptionMonitor', onException)
  process.off('warning', onWarning)
  process.off('newListener', onNewListener)
  process.off('removeListener', onRemoveListener)
  process.off('unhandledRejection', onRejection)
}

/**
 * Called before the application's handlers, even if there are none:
 * https://nodejs.org/api/process.html#event-uncaughtexceptionmonitor
 */
function onException(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
  record(error, origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception')
}

/** A rejection that is handled, or for which node only warns, never becomes an exception. */
function onRejection(reason: unknown): void {
  record(reason, 'unhandled rejection')
}

/**
 * If no listener handles rejections and node is configured to continue, node emits warnings: first the error
 * as text, then advice.
 */
function onWarning({ name, message }: Error): void {
  if (name !== 'UnhandledPromiseRejectionWarning' || /\(rejection id: \d+\)$/.test(message)) return
  const isKnown = recorded instanceof Error && recorded.stack === message
  if (isKnown) return
  const error = new Error(message.split('\n', 1)[0])
  error.stack = message
  record(error, 'unhandled rejection')
}

/** Our listener alone would keep a dying process alive. It is registered only beside the application's own. */
function onNewListener(event: string | symbol, listener: unknown): void {
  const isFirst = !process.listeners('unhandledRejection').includes(onRejection)
  if (event === 'unhandledRejection' && listener !== onRejection && isFirst) listenBesideOthers()
}

function listenBesideOthers(): void {
  process.prependListener('unhandledRejection', onRejection)
  process.on('removeListener', onRemoveListener)
}

function onRemoveListener(event: string | symbol): void {
  if (event !== 'unhandledRejection' || process.listenerCount('unhandledRejection') !== 1) return
  process.off('removeListener', onRemoveListener)
  process.off('unhandledRejection', onRejection)
}

/** The recorded error. In `strict` mode node reports an unhandled rejection twice: as exception and as rejection. */
let recorded: unknown

function record(error: unknown, message: string): void {
  const all = speakers.members()
  const [first] = all
  if (first === undefined || (error !== undefined && error === recorded)) return
  recorded = error
  try {
    for (const { reveal } of all) reveal()
    first.log().fatal({ err: error }, message)
    first.flush()
  } catch {
    // The record cannot be written, and the process must die as it would have.
  }
}
