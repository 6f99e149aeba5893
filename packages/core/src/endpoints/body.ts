import type { NodeRequest } from '../seam.ts'

/** Ample for everything that is sent to an endpoint of ours. */
const MAX_BYTES = 4_096

/** A request that is not done as it is asked: answered with a status, and a sentence that says why. */
export class Refusal extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/**
 * The body of a request as text.
 *
 * @throws {Refusal} where it is too long, does not arrive, or was read before by a parser of the application's
 */
export function bodyOf(req: NodeRequest): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>()
  const pieces: Buffer[] = []
  let bytes = 0
  if (req.readableEnded || req.destroyed) {
    reject(new Refusal(400, 'the body was read by somebody else: let Sightline be the first middleware'))
    return promise
  }
  const tooLong = new Refusal(413, `the body must have ${MAX_BYTES} bytes at most`)
  if (Number(req.headers['content-length']) > MAX_BYTES) reject(tooLong)
  req.on('data', (piece: Buffer) => {
    bytes += piece.length
    if (bytes > MAX_BYTES) reject(tooLong)
    else pieces.push(piece)
  })
  req.once('end', () => resolve(Buffer.concat(pieces).toString()))
  req.once('error', () => reject(new Refusal(400, 'the body has not arrived')))
  // Without an error, where a client has left over HTTP/2.
  req.once('close', () => reject(new Refusal(400, 'the body has not arrived')))
  return promise
}
