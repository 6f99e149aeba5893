import type { IncomingMessage } from 'node:http'

/** The outcome of reading a body. */
export type BodyResult =
  | { readonly kind: 'complete'; readonly body: Uint8Array<ArrayBuffer> }
  /** Longer than the limit, or `more` has refused a piece. */
  | { readonly kind: 'too large' | 'refused' }
  /** The client went away first, or was too slow. */
  | { readonly kind: 'aborted' }

export interface BodyLimits {
  readonly maxBytes: number
  /** Is called with the size of each piece. Reading ends where it returns false. */
  more?(bytes: number): boolean
}

/** A client that goes on sending this many bytes after a refusal is cut off. */
const LONGEST_REMAINDER = 256 * 1_024 * 1_024

/**
 * Reads the body of a request into memory of its own, which can be transferred to a thread. Never rejects. After a
 * refusal the remainder is discarded, so that the client can finish sending and read the answer.
 */
export function readBody(req: IncomingMessage, { maxBytes, more }: BodyLimits): Promise<BodyResult> {
  const { promise, resolve } = Promise.withResolvers<BodyResult>()
  if (Number(req.headers['content-length'] ?? 0) > maxBytes) {
    discard(req)
    resolve({ kind: 'too large' })
    return promise
  }
  const pieces: Buffer[] = []
  let size = 0

  const data = (piece: Buffer) => {
    size += piece.length
    if (size > maxBytes) return stop('too large')
    if (more?.(piece.length) === false) return stop('refused')
    pieces.push(piece)
  }
  function stop(kind: 'too large' | 'refused'): void {
    req.off('data', data)
    pieces.length = 0
    discard(req)
    resolve({ kind })
  }
  req.on('data', data)
  req.once('end', () => resolve({ kind: 'complete', body: joined(pieces, size) }))
  // `close` comes after `end` for a complete body.
  req.once('close', () => resolve({ kind: 'aborted' }))
  req.once('error', () => resolve({ kind: 'aborted' }))
  return promise
}

/** Reads the remainder of a body without keeping it. */
export function discard(req: IncomingMessage): void {
  let size = 0
  req.on('data', (piece: Buffer) => {
    size += piece.length
    if (size > LONGEST_REMAINDER) req.socket.destroy()
  })
  req.on('error', () => undefined)
  req.resume()
}

/** Node.js cuts pieces from memory that other requests share. */
function joined(pieces: readonly Buffer[], size: number): Uint8Array<ArrayBuffer> {
  const body = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    body.set(piece, at)
    at += piece.length
  }
  return body
}
