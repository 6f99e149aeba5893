import type { NodeRequest } from '../seam.ts'

/** Maximum size of a body. All valid requests to our endpoints are smaller. */
const MAX_BYTES = 4_096

/** A rejected request: a status, and a sentence with the reason. */
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
 * @throws {Refusal} if it is too long, incomplete, or already read by a parser of the application
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
  // Over HTTP/2, a client that leaves causes no error event.
  req.once('close', () => reject(new Refusal(400, 'the body has not arrived')))
  return promise
}
