import type { Socket } from 'node:net'

import type { NodeRequest, NodeResponse } from '../seam.ts'

/** An object that ends with its connection. */
interface Ending {
  end(isFinished: false): void
}

const WAITING = Symbol('sightline.waiting')

interface WaitingSocket extends Socket {
  [WAITING]?: Set<Ending>
}

/**
 * Ends a pipelined response with its connection while it is queued behind other responses. Node 22 does not report that
 * end to the response, which has no socket yet.
 *
 * @returns removes the response from the queue; `undefined`: it is not queued
 */
export function endWithConnection(
  req: NodeRequest,
  res: NodeResponse,
  ending: Ending,
): (() => void) | undefined {
  if (res.socket !== null || req.httpVersionMajor !== 1) return undefined
  const socket = req.socket as WaitingSocket
  let waiting = socket[WAITING]
  if (waiting === undefined) {
    waiting = socket[WAITING] = new Set()
    // One listener for all responses of a connection.
    socket.on('close', onSocketClose)
  }
  waiting.add(ending)
  return () => waiting.delete(ending)
}

function onSocketClose(this: WaitingSocket): void {
  for (const ending of this[WAITING] ?? []) ending.end(false)
}
