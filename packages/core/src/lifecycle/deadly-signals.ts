import { isMainThread } from 'node:worker_threads'

import { type Place, Roster } from './roster.ts'

/** Signals that end a process without a listener, and that start no shutdown of ours. */
const DEADLY: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGHUP'] : ['SIGHUP', 'SIGQUIT']

// The services of a process share its signals.
const writers = new Roster<() => void>()

/**
 * Writes the pending lines before one of these signals ends the process, which then still ends by that signal.
 * An application with its own listener decides what happens.
 *
 * @param write writes the pending lines within a moment
 */
export function writeBeforeDeadlySignals(write: () => void): Place {
  // Only the main thread receives signals.
  if (!isMainThread) return { hold() {}, loosen() {}, leave() {} }
  const place = writers.enter(write)
  listen()
  return {
    ...place,
    leave() {
      place.leave()
      if (writers.isEmpty) for (const signal of DEADLY) process.off(signal, receive)
    },
  }
}

/** Runs first, so that it is removed before other listeners count the listeners. */
function listen(): void {
  if (writers.isEmpty) return
  for (const signal of DEADLY)
    if (!process.listeners(signal).includes(receive)) process.prependListener(signal, receive)
}

function receive(signal: NodeJS.Signals): void {
  for (const write of writers.members()) write()
  // Libraries end the process by the signal only if they have the only listeners for it.
  process.off(signal, receive)
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  else setImmediate(listen).unref()
}
