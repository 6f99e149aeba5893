/**
 * The protocol between the gathering process and its workers. It uses the channel of `node:cluster`, which the
 * application also uses, and a `BroadcastChannel` between threads.
 */

import type { BroadcastChannel } from 'node:worker_threads'

import type { Piece } from './pieces.ts'

/** The name of the channel between threads. */
export const THREADS_CHANNEL = 'sightline.workers.2'

/** Marks Sightline's messages among those of the application. The number is the version: other versions are ignored. */
const PROTOCOL = 'sightline.workers.2'

/** Messages to the workers. */
export type Question =
  /** Asks for all members. */
  | { readonly is: 'hello' }
  /** Asks a member for its metrics. */
  | { readonly is: 'ask'; readonly member: string }

/** Messages from a worker. Each Sightline in it is one member. */
export type Answer =
  | { readonly is: 'here'; readonly member: string; readonly pid: number; readonly thread: number }
  | { readonly is: 'piece'; readonly member: string; readonly families: Piece }
  /** All pieces have been sent. `left`: the member is leaving. */
  | { readonly is: 'end'; readonly member: string; readonly left: boolean }

/** Marks a message as Sightline's. */
export function packed(message: Question | Answer): object {
  return { protocol: PROTOCOL, ...message }
}

/** A message of Sightline. `undefined`: it is the application's. */
export function unpacked(message: unknown): Question | Answer | undefined {
  const isOurs =
    typeof message === 'object' &&
    message !== null &&
    (message as { protocol?: unknown }).protocol === PROTOCOL
  // Only Sightline uses this protocol name, so the shape is known.
  return isOurs ? (message as Question | Answer) : undefined
}

/** Sends to all listening threads. */
export function broadcast(channel: BroadcastChannel, message: object): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- it is no window: there are no origins
  channel.postMessage(message)
}

/** Receives messages of other threads, without keeping the process alive. */
export function hear(channel: BroadcastChannel, listener: (message: unknown) => void): void {
  channel.addEventListener('message', (event) => listener((event as MessageEvent).data))
  channel.unref()
}
