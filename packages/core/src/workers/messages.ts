/**
 * What the gathering process and its workers say to each other: over the channel of `node:cluster`, which is the
 * application's as well, and over a `BroadcastChannel` between threads.
 */

import type { BroadcastChannel } from 'node:worker_threads'

import type { Piece } from './pieces.ts'

/** The name of the channel between threads. */
export const THREADS_CHANNEL = 'sightline.workers.2'

/** Marks our messages among those of the application. Its number is that of their form: other forms are ignored. */
const PROTOCOL = 'sightline.workers.2'

/** To the workers. */
export type Question =
  /** Who is there? */
  | { readonly is: 'hello' }
  /** What do you have? */
  | { readonly is: 'ask'; readonly member: string }

/** From a worker: one member for each Sightline in it. */
export type Answer =
  | { readonly is: 'here'; readonly member: string; readonly pid: number; readonly thread: number }
  | { readonly is: 'piece'; readonly member: string; readonly families: Piece }
  /** All pieces have been sent; `left`: for the last time. */
  | { readonly is: 'end'; readonly member: string; readonly left: boolean }

/** Packs a message, so that it is known as one of ours. */
export function packed(message: Question | Answer): object {
  return { protocol: PROTOCOL, ...message }
}

/** One of our messages; `undefined`: it is the application's. */
export function unpacked(message: unknown): Question | Answer | undefined {
  const isOurs =
    typeof message === 'object' &&
    message !== null &&
    (message as { protocol?: unknown }).protocol === PROTOCOL
  // Whoever uses the name of the protocol keeps to it.
  return isOurs ? (message as Question | Answer) : undefined
}

/** Sends to all threads that listen. */
export function broadcast(channel: BroadcastChannel, message: object): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window: there are no origins
  channel.postMessage(message)
}

/** Hears what other threads send, without holding the process. */
export function hear(channel: BroadcastChannel, listener: (message: unknown) => void): void {
  channel.addEventListener('message', (event) => listener((event as MessageEvent).data))
  channel.unref()
}
