import type { NodeRequest, NodeResponse } from '../seam.ts'
/** Finds the side that gave up an unfinished response first. Node closes the response in the same way for both. */
import { givenError, isClosedByPeer } from './connection.ts'
import { hasClientReset, isEndedHere } from './stream-end.ts'

/** The service has broken off its own response. */
export interface Breach {
  /** The error given by the service. `undefined`: none. */
  readonly error: unknown
}

/** The service's breach of a response. `undefined`: the client left, or did not take a completely written response. */
export function breachOf(req: NodeRequest, res: NodeResponse): Breach | undefined {
  const breach = 'stream' in res ? streamBreach(res) : connectionBreach(req, res)
  return res.writableEnded && breach?.error === undefined ? undefined : breach
}

/** Whether the client of an in-flight request has left. */
export function hasLeft(req: NodeRequest, res: NodeResponse): boolean {
  return 'stream' in res ? hasClientReset(res.stream) : isClosedByPeer(req.socket, erroredOf(res))
}

function connectionBreach({ socket }: NodeRequest, res: NodeResponse): Breach | undefined {
  const errored = erroredOf(res)
  if (isClosedByPeer(socket, errored)) return undefined
  // The response was queued behind the last one of its connection. The client has to send the request again.
  if (res.socket === null && socket?.writableFinished === true) return undefined
  return { error: errored ?? givenError(socket) }
}

function streamBreach({ stream }: Extract<NodeResponse, { stream: unknown }>): Breach | undefined {
  return isEndedHere(stream) ? { error: stream.errored ?? undefined } : undefined
}

/** The error with which a response was destroyed. It is missing in node's types. */
function erroredOf(res: NodeResponse): unknown {
  return (res as { readonly errored?: unknown }).errored ?? undefined
}
