import { subscribe, unsubscribe } from 'node:diagnostics_channel'

import type { FaultReporter } from '../seam.ts'

/** A request to another host that is about to leave. */
export interface OutboundCall {
  readonly method: string
  /** With its colon. */
  readonly protocol: string
  readonly host: string
  /** `undefined`: the protocol's own. */
  readonly port: number | undefined
  /** With its query. */
  readonly path: string
  /** Whether headers can still be added. */
  readonly open: boolean
  /** A header that somebody has set already. */
  header(name: string): string | undefined
  /** Sets a header, in place of one that there may be. */
  setHeader(name: string, value: string): void
}

/** How a call has ended: with the status of its answer, whose body may still be on its way, or with an error. */
export type CallEnd = { readonly status: number } | { readonly error: unknown }

/**
 * Sees a call begin, in the context of whoever makes it.
 *
 * @returns sees it end; `undefined`: does not care
 */
export type CallListener = (call: OutboundCall) => ((end: CallEnd) => void) | undefined

/** The channels of one client, which all say the same three things of a request. */
export interface CallChannels<R extends object> {
  /** What is watched, for a fault's sentence. */
  readonly name: string
  readonly created: string
  readonly answered: string
  readonly failed: string
  /** `undefined`: a request that nobody is to know of. */
  callOf(request: R): OutboundCall | undefined
}

interface Message<R> {
  readonly request: R
  readonly response?: { readonly statusCode?: number }
  readonly error?: unknown
}

/**
 * Watches the calls of one client by node's own word, without a patch.
 *
 * @returns ends it
 */
export function watchCalls<R extends object>(
  { name, created, answered, failed, callOf }: CallChannels<R>,
  listener: CallListener,
  fault: FaultReporter,
): () => void {
  const underWay = new WeakMap<R, (end: CallEnd) => void>()
  const guarded = (work: (message: Message<R>) => void) => (message: unknown) => {
    try {
      // The channels' documentation says what their messages are.
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
