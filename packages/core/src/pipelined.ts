import type { Socket } from 'node:net'

import type { NodeRequest, NodeResponse } from './wire.ts'

/** Something that ends with its connection. */
interface Ending {
  end(isFinished: false): void
}

const WAITING = Symbol('sightline.waiting')

interface WaitingSocket extends Socket {
  [WAITING]?: Set<Ending>
}

/**
 * A response that has to wait for its turn on a pipelined connection is told nothing by node 22 when the connection
 * ends: it has no socket yet. So it is told from here.
 *
 * @returns takes the response off the list again; `undefined`: it does not have to wait
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
