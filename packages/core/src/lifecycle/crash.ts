import type { Logger } from 'pino'

import { type Place, Roster } from './roster.ts'

/** Writes the last record of a process that dies. */
export interface LastWords {
  /** Writes what the request at hand has kept for the case that something fails. */
  readonly reveal: () => void
  /** A logger that writes without waiting. */
  readonly log: () => Logger
  /** Gets what was written out of the process, within a moment. */
  readonly flush: () => void
}

// One process dies once, however many services live in it: the first that is still there says so.
const speakers = new Roster<LastWords>()

/**
 * Writes one fatal record when the process dies of an error. Only looks on: whether and how it dies, and what the
 * application's own handlers do, stays as it was.
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

/** Called before the application's own handlers, and whether there are any: https://nodejs.org/api/process.html#event-uncaughtexceptionmonitor */
function onException(error: unknown, origin: NodeJS.UncaughtExceptionOrigin): void {
  record(error, origin === 'unhandledRejection' ? 'unhandled rejection' : 'uncaught exception')
}

/** A rejection that the application handles, or has node only warn of, never becomes an exception. */
function onRejection(reason: unknown): void {
  record(reason, 'unhandled rejection')
}

/**
 * Where nobody listens for rejections and node has been told to go on, it warns: first with the error as text, then with
 * advice.
 */
function onWarning({ name, message }: Error): void {
  if (name !== 'UnhandledPromiseRejectionWarning' || /\(rejection id: \d+\)$/.test(message)) return
  const isKnown = recorded instanceof Error && recorded.stack === message
  if (isKnown) return
  const error = new Error(message.split('\n', 1)[0])
  error.stack = message
  record(error, 'unhandled rejection')
}

/** A listener of ours alone would keep the process alive that should die: ours is there only beside the application's. */
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

/** The error of the last record: in `strict` mode an unhandled rejection is told as exception and as rejection. */
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
    // There is nobody left to tell, and the process must die as it would have.
  }
}
