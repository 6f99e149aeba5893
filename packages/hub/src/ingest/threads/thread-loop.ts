import { type MessagePort, receiveMessageOnPort } from 'node:worker_threads'

import type { ToThread } from '../protocol.ts'
import type { GroupCommit } from './group-commit.ts'

/** What a thread does with its messages. */
export interface ThreadWork {
  /** Takes a message. Must not throw for faults of its data. */
  take(message: Exclude<ToThread, { kind: 'end' }>): void
  /** Commits what is there, and closes the files. */
  end(): void
}

/**
 * Runs the messages of a port, and commits them in groups. Timers run between groups, however many messages wait.
 */
export function runThread(port: MessagePort, group: GroupCommit, work: ThreadWork): void {
  const queue: ToThread[] = []
  let isScheduled = false
  let timer: NodeJS.Timeout | undefined

  function schedule(): void {
    if (isScheduled) return
    isScheduled = true
    setImmediate(run)
  }

  function next(): ToThread | undefined {
    const queued = queue.shift()
    if (queued !== undefined) return queued
    // The port carries nothing but messages of the main thread.
    return receiveMessageOnPort(port)?.message as ToThread | undefined
  }

  function run(): void {
    isScheduled = false
    group.begin()
    for (let message = next(); message !== undefined; message = next()) {
      if (message.kind === 'end') return end()
      work.take(message)
      if (group.dueMs(false) === 0) {
        group.commit()
        return schedule()
      }
    }
    commitWhenDue()
  }

  /** The queue is empty. */
  function commitWhenDue(): void {
    clearTimeout(timer)
    const dueMs = group.dueMs(true)
    if (dueMs === 0) group.commit()
    else if (dueMs !== undefined) timer = setTimeout(commitWhenDue, dueMs)
  }

  function end(): void {
    clearTimeout(timer)
    work.end()
    port.close()
  }

  port.on('message', (message: ToThread) => {
    queue.push(message)
    schedule()
  })
}
