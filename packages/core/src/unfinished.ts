/** Tells who was first to give up a response that was not finished: node closes it in the same way in both cases. */
import { givenError, isClosedByPeer } from './connection.ts'
import { hasClientReset, isEndedHere } from './stream-end.ts'
import type { NodeRequest, NodeResponse } from './wire.ts'

/** That a service has broken off its own response. */
export interface Breach {
  /** With which error; `undefined`: it has given none. */
  readonly error: unknown
}

/** How a service has broken off a response; `undefined`: the client has left, or has not taken what was handed over. */
export function breachOf(req: NodeRequest, res: NodeResponse): Breach | undefined {
  const breach = 'stream' in res ? streamBreach(res) : connectionBreach(req, res)
  return res.writableEnded && breach?.error === undefined ? undefined : breach
}

/** Whether the client of a request that is under way has left. */
export function hasLeft(req: NodeRequest, res: NodeResponse): boolean {
  return 'stream' in res ? hasClientReset(res.stream) : isClosedByPeer(req.socket, erroredOf(res))
}

function connectionBreach({ socket }: NodeRequest, res: NodeResponse): Breach | undefined {
  const errored = erroredOf(res)
  if (isClosedByPeer(socket, errored)) return undefined
  // Pipelined behind a response that was the last one of its connection. The client has to ask again.
  if (res.socket === null && socket?.writableFinished === true) return undefined
  return { error: errored ?? givenError(socket) }
}

function streamBreach({ stream }: Extract<NodeResponse, { stream: unknown }>): Breach | undefined {
  return isEndedHere(stream) ? { error: stream.errored ?? undefined } : undefined
}

/** The error with which a response was destroyed. Missing in node's types. */
function erroredOf(res: NodeResponse): unknown {
  return (res as { readonly errored?: unknown }).errored ?? undefined
}
