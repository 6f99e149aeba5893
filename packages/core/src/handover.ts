import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

type Method = (...args: unknown[]) => unknown

/**
 * Lets the response of an observed upgrade end with its connection.
 *
 * @param res belongs to no connection: nothing that is done to it is sent
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
    // A connection on which nothing was answered was not taken over.
    if (!isAnswered) (req as TakenRequest).upgrade = false
    res.emit('close')
  })
}

/** Node's own word for whether a listener is handed the connection. */
interface TakenRequest {
  upgrade?: boolean | null
}

/** Whether a listener of the application is handed the connection of a request. */
export function isHandedOver(req: object): boolean {
  return (req as TakenRequest).upgrade === true
}

/**
 * Whoever takes a connection over writes the head of the answer to it, past node. Calls back when that begins, with the
 * status; `undefined`: it is no head of HTTP.
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
