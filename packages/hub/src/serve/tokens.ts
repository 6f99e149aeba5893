import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'

/** A secret that clients must present. Compared in constant time. */
export class Token {
  readonly #hash: Buffer

  constructor(text: string) {
    this.#hash = hashOf(text)
  }

  matches(given: string | undefined): boolean {
    return given !== undefined && timingSafeEqual(this.#hash, hashOf(given))
  }

  /**
   * Creates the value of a browser's cookie: the time of its end and a signature. The token cannot be read from it.
   *
   * @param until Milliseconds since 1970
   */
  session(until: number): string {
    return `${until}.${this.#sign(String(until))}`
  }

  /** Whether a cookie is one of this token's, and has not ended. */
  admits(session: string | undefined, now: number): boolean {
    const [, until, signature] = /^(\d{1,15})\.([\w-]{43})$/.exec(session ?? '') ?? []
    if (until === undefined || signature === undefined) return false
    const isSigned = timingSafeEqual(Buffer.from(signature), Buffer.from(this.#sign(until)))
    return isSigned && now < Number(until)
  }

  #sign(text: string): string {
    return createHmac('sha256', this.#hash).update(`session ${text}`).digest('base64url')
  }
}

/** Generates a token of 192 random bits. */
export function generateToken(): string {
  return randomBytes(24).toString('base64url')
}

/** The token of an `Authorization: Bearer` header (RFC 6750). */
export function bearerOf(req: IncomingMessage): string | undefined {
  return /^Bearer +([^\s]{1,1024})$/i.exec(req.headers.authorization ?? '')?.[1]
}

/** The value of a cookie of a request. */
export function cookieOf(req: IncomingMessage, name: string): string | undefined {
  for (const pair of (req.headers.cookie ?? '').split(';')) {
    const mark = pair.indexOf('=')
    if (mark !== -1 && pair.slice(0, mark).trim() === name) return pair.slice(mark + 1).trim()
  }
  return undefined
}

function hashOf(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
