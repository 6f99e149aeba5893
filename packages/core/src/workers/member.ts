import cluster from 'node:cluster'
import { randomUUID } from 'node:crypto'
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads'

import { pauseEventLoop } from '../runtime/runtime.ts'
import type { FaultReporter } from '../seam.ts'
import type { Family } from '../series/family.ts'
import { type Answer, broadcast, hear, packed, THREADS_CHANNEL, unpacked } from './messages.ts'
import { piecesOf } from './pieces.ts'

/** A Sightline whose metrics another process or thread gathers. */
export interface Member {
  /** Sends its counts a last time, and leaves. */
  leave(): Promise<void>
}

/** The connection to the gathering process or thread. */
interface Line {
  /** Resolves when the message is sent. */
  send(message: object): Promise<void>
  close(): void
}

/**
 * Makes a Sightline in a worker of `node:cluster`, or in a thread, answer requests for its metrics. It sends nothing
 * unasked on the cluster channel, which belongs to the application.
 *
 * @returns `undefined`: this is no worker
 */
export function joinWhole(families: () => AsyncIterable<Family>, fault: FaultReporter): Member | undefined {
  const member = randomUUID()
  let told: Promise<void> = Promise.resolve()
  let known = false
  const line = lineTo((message: unknown) => {
    const question = unpacked(message)
    if (question?.is === 'hello') void say({ is: 'here', member, pid: process.pid, thread: threadId })
    else if (question?.is === 'ask' && question.member === member) told = told.then(() => tell(false))
  })
  if (line === undefined) return undefined
  const { send, close } = line
  // Threads use a separate channel, so an unasked message disturbs no one.
  if (!isMainThread) void say({ is: 'here', member, pid: process.pid, thread: threadId })

  async function say(answer: Answer): Promise<void> {
    known = true
    await send(packed(answer))
  }

  async function tell(left: boolean): Promise<void> {
    try {
      for (const piece of await piecesOf(families())) {
        const resume = pauseEventLoop()
        const said = say({ is: 'piece', member, families: piece })
        resume()
        await said
      }
      await say({ is: 'end', member, left })
    } catch (error) {
      fault('telling metrics to the primary', error)
    }
  }

  return {
    async leave() {
      // A member that was never asked is not known to anyone.
      if (known) await told.then(() => tell(true))
      close()
    },
  }
}

function lineTo(listener: (message: unknown) => void): Line | undefined {
  if (!isMainThread) return lineOfThread(listener)
  return cluster.isWorker ? lineOfWorker(listener) : undefined
}

function lineOfThread(listener: (message: unknown) => void): Line {
  const channel = new BroadcastChannel(THREADS_CHANNEL)
  hear(channel, listener)
  return {
    send: async (message) => broadcast(channel, message),
    close: () => channel.close(),
  }
}

function lineOfWorker(listener: (message: unknown) => void): Line {
  process.on('message', listener)
  return {
    send: (message) =>
      new Promise((resolve) => {
        // The callback gets an error if the primary has gone. There is no receiver left.
        if (process.connected) process.send?.(message, undefined, undefined, () => resolve())
        else resolve()
      }),
    close: () => void process.off('message', listener),
  }
}
