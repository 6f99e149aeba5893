import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

type Method = (...args: unknown[]) => unknown

/**
 * Ends the response of an observed upgrade with its connection.
 *
 * @param res has no connection, so nothing written to it is sent
 */
export function handOver(req: IncomingMessage, res: ServerResponse, socket: Socket): void {
  let isAnswered = false
  whenAnswered(socket, (status) => {
    isAnswered = true
    if (status === undefined || status === 101) return
    const finished = () => res.emit('finish')
    socket.once('finish', finished).once('close', finished)
  })
  socket.once('close', () => {
    // Nothing was answered, so no listener has taken the connection over.
    if (!isAnswered) (req as TakenRequest).upgrade = false
    res.emit('close')
  })
}

/** Node's flag: whether a listener gets the connection. */
interface TakenRequest {
  upgrade?: boolean | null
}

/** Whether a listener of the application gets the connection of a request. */
export function isHandedOver(req: object): boolean {
  return (req as TakenRequest).upgrade === true
}

/**
 * Watches a connection that was handed over: its new owner writes the response directly to it. Calls back at the first
 * bytes, with their status. `undefined`: they are no HTTP response.
 */
export function whenAnswered(socket: Socket, answered: (status: number | undefined) => void): void {
  const laid = socket as unknown as { write: Method; end: Method }
  const { write, end } = laid
  let seen = false
  const watching =
    (method: Method): Method =>
    (...args) => {
      if (!seen && hasBytes(args[0])) {
        seen = true
        if (laid.write === watchingWrite) laid.write = write
        if (laid.end === watchingEnd) laid.end = end
        answered(statusIn(args[0]))
      }
      return method.apply(socket, args)
    }
  const watchingWrite = watching(write)
  const watchingEnd = watching(end)
  laid.write = watchingWrite
  laid.end = watchingEnd
}

function hasBytes(chunk: unknown): chunk is string | Uint8Array {
  return (typeof chunk === 'string' || chunk instanceof Uint8Array) && chunk.length > 0
}

function statusIn(chunk: unknown): number | undefined {
  const head = typeof chunk === 'string' ? chunk : Buffer.from(chunk as Uint8Array).toString('latin1', 0, 12)
  const [, status] = /^HTTP\/1\.[01] ([2-5]\d\d|101)/.exec(head) ?? []
  return status === undefined ? undefined : Number(status)
}
