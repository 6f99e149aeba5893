import { isMainThread } from 'node:worker_threads'

import { type Place, Roster } from './roster.ts'

/** Signals that end a process which does not listen for them, and that no service of ours is asked to end by. */
const DEADLY: readonly NodeJS.Signals[] = process.platform === 'win32' ? ['SIGHUP'] : ['SIGHUP', 'SIGQUIT']

// A process has one set of signals, however many services live in it.
const writers = new Roster<() => void>()

/**
 * Writes the lines that wait before such a signal ends the process, which then ends by that signal, as it would have
 * without. Where the application listens for the signal, it decides what happens.
 *
 * @param write gets lines out of the process within a moment
 */
export function writeBeforeDeadlySignals(write: () => void): Place {
  // Signals reach the main thread only.
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

/** Comes first, to be gone when others count who listens. */
function listen(): void {
  if (writers.isEmpty) return
  for (const signal of DEADLY)
    if (!process.listeners(signal).includes(receive)) process.prependListener(signal, receive)
}

function receive(signal: NodeJS.Signals): void {
  for (const write of writers.members()) write()
  // Libraries end the process by the signal themselves where nobody but them listens for it.
  process.off(signal, receive)
  if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
  else setImmediate(listen).unref()
}
