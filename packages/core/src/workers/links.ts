import cluster, { type Worker } from 'node:cluster'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { BroadcastChannel, type Worker as Thread } from 'node:worker_threads'

import { type Answer, broadcast, hear, packed, type Question, THREADS_CHANNEL, unpacked } from './messages.ts'

/** The connection to one worker, or to all threads. */
export interface Link {
  /** The value of the label `worker`. */
  readonly worker: string
  send(question: Question): void
}

export interface Listeners {
  /** A worker can be reached. It may have no Sightline, or none yet. */
  opened(link: Link): void
  answered(link: Link, answer: Answer): void
  /** A worker has ended, and all its messages have arrived. */
  closed(link: Link): void
}

/**
 * Links to all workers of `node:cluster`, present and future.
 *
 * @returns ends it
 */
export function linkWorkers({ opened, answered, closed }: Listeners): () => void {
  const links = new Map<Worker, Link>()
  const numbers = new Set<number>()

  function link(worker: Worker): Link {
    const existing = links.get(worker)
    if (existing) return existing
    // The lowest free number, so that a restarted worker continues the series of its predecessor.
    let number = 1
    while (numbers.has(number)) number++
    numbers.add(number)
    const made: Link = {
      worker: String(number),
      send(question) {
        // The end of a worker is reported by 'disconnect' or 'exit'. Without the callback, a failed send would emit
        // 'error'.
        if (worker.isConnected()) worker.process.send(packed(question), undefined, undefined, () => {})
      },
    }
    links.set(worker, made)
    opened(made)
    return made
  }

  const onOnline = (worker: Worker) => void link(worker)
  const onMessage = (worker: Worker, message: unknown) => {
    const answer = unpacked(message)
    if (answer) answered(link(worker), answer as Answer)
  }
  const onDisconnect = (worker: Worker) => {
    const ended = links.get(worker)
    if (ended === undefined) return
    links.delete(worker)
    numbers.delete(Number(ended.worker))
    closed(ended)
  }
  // Node does not emit 'disconnect' for a worker that was killed while it was being sent a connection.
  const onExit = (worker: Worker) => {
    if (worker.isConnected()) worker.process.once('close', () => onDisconnect(worker))
    else onDisconnect(worker)
  }
  cluster.on('online', onOnline).on('message', onMessage).on('disconnect', onDisconnect).on('exit', onExit)
  for (const worker of Object.values(cluster.workers ?? {})) if (worker?.isConnected()) link(worker)
  return () => {
    cluster
      .off('online', onOnline)
      .off('message', onMessage)
      .off('disconnect', onDisconnect)
      .off('exit', onExit)
  }
}

/** The message of node's channel of this name: https://nodejs.org/api/diagnostics_channel.html#worker-thread */
interface ThreadStarted {
  readonly worker: Thread
}

/**
 * Links to the threads of this process.
 *
 * @returns ends it
 */
export function linkThreads({ opened, answered, closed }: Listeners): () => void {
  const channel = new BroadcastChannel(THREADS_CHANNEL)
  const links = new Map<number, Link>()

  function link(thread: number): Link {
    const existing = links.get(thread)
    if (existing) return existing
    const made: Link = {
      worker: `t${thread}`,
      send: (question) => broadcast(channel, packed(question)),
    }
    links.set(thread, made)
    opened(made)
    return made
  }

  const threadOf = new Map<string, number>()
  hear(channel, (message) => {
    const answer = unpacked(message)
    if (answer === undefined || answer.is === 'hello' || answer.is === 'ask') return
    if (answer.is === 'here') threadOf.set(answer.member, answer.thread)
    const thread = threadOf.get(answer.member)
    if (thread !== undefined) answered(link(thread), answer)
  })
  const onStarted = (message: unknown) => {
    const { worker } = message as ThreadStarted
    const thread = worker.threadId
    worker.once('exit', () => {
      const ended = links.get(thread)
      if (ended === undefined) return
      links.delete(thread)
      for (const [member, of] of threadOf) if (of === thread) threadOf.delete(member)
      closed(ended)
    })
  }
  subscribe('worker_threads', onStarted)
  broadcast(channel, packed({ is: 'hello' }))
  return () => {
    unsubscribe('worker_threads', onStarted)
    channel.close()
  }
}
