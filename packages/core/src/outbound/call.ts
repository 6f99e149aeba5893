import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import type { FaultReporter } from '../seam.ts'

/** An outbound request that is about to be sent. */
export interface OutboundCall {
  readonly method: string
  /** With its colon. */
  readonly protocol: string
  readonly host: string
  /** `undefined`: the default port of the protocol. */
  readonly port: number | undefined
  /** With its query. */
  readonly path: string
  /** Whether headers can still be added. */
  readonly open: boolean
  /** Returns a header that is already set. */
  header(name: string): string | undefined
  setHeader(name: string, value: string): void
}

/** The end of a call: the status of its response, whose body may still be in transit, or an error. */
export type CallEnd = { readonly status: number } | { readonly error: unknown }

/**
 * Called when an outbound call begins, in the context of its caller.
 *
 * @returns called when the call ends; `undefined`: not interested
 */
export type CallListener = (call: OutboundCall) => ((end: CallEnd) => void) | undefined

/** The diagnostics channels of a client, in a common form. */
export interface CallChannels<R extends object> {
  /** The name of the client, for fault reports. */
  readonly name: string
  readonly created: string
  readonly answered: string
  readonly failed: string
  /** `undefined`: a request that must stay unobserved. */
  callOf(request: R): OutboundCall | undefined
}

interface Message<R> {
  readonly request: R
  readonly response?: { readonly statusCode?: number }
  readonly error?: unknown
}

/**
 * Watches the calls of a client through node's diagnostics channels, without patches.
 *
 * @returns stops it
 */
export function watchCalls<R extends object>(
  { name, created, answered, failed, callOf }: CallChannels<R>,
  listener: CallListener,
  fault: FaultReporter,
): () => void {
  const underWay = new WeakMap<R, (end: CallEnd) => void>()
  const guarded = (work: (message: Message<R>) => void) => (message: unknown) => {
    try {
      // The documentation of the channels defines the type of their messages.
      work(message as Message<R>)
    } catch (error) {
      fault(`the observation of ${name}`, error)
    }
  }
  function end(request: R, how: CallEnd): void {
    const ended = underWay.get(request)
    underWay.delete(request)
    ended?.(how)
  }

  const listeners = [
    [
      created,
      guarded(({ request }) => {
        const call = callOf(request)
        const ended = call && listener(call)
        if (ended) underWay.set(request, ended)
      }),
    ],
    [answered, guarded(({ request, response }) => end(request, { status: response?.statusCode ?? 0 }))],
    [failed, guarded(({ request, error }) => end(request, { error }))],
  ] as const
  for (const [channel, each] of listeners) subscribe(channel, each)
  return () => {
    for (const [channel, each] of listeners) unsubscribe(channel, each)
  }
}
