import { StringDecoder } from 'node:string_decoder'

import type { Printer } from '../printing/printer.ts'
import { MARGIN } from '../printing/texts.ts'
import type { BodyListener } from '../request/wire.ts'

/** The bodies of one exchange, up to a limit. */
export class KeptBodies implements BodyListener {
  readonly request: KeptBody
  readonly response: KeptBody

  /** @param maxBytes the limit for showing each of the two bodies */
  constructor(maxBytes: number) {
    this.request = new KeptBody(maxBytes)
    this.response = new KeptBody(maxBytes)
  }
}

/** The beginning of a body, and its length. A margin is kept beyond the limit, to recognise a secret at the limit. */
export class KeptBody {
  readonly #maxBytes: number
  readonly #pieces: Buffer[] = []
  #kept = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Adds a chunk of the stream. Copies it, because its sender may reuse the buffer. */
  add(chunk: unknown, encoding: unknown): void {
    const piece =
      typeof chunk === 'string'
        ? Buffer.from(chunk, typeof encoding === 'string' ? (encoding as BufferEncoding) : 'utf8')
        : chunk instanceof Uint8Array
          ? chunk
          : undefined
    if (piece === undefined) return
    const room = this.#maxBytes + MARGIN - this.#kept
    if (room > 0) {
      const kept = Buffer.from(piece.subarray(0, room))
      this.#pieces.push(kept)
      this.#kept += kept.length
    }
    this.#bytes += piece.byteLength
  }

  /**
   * The body for the access event: JSON and forms with secrets masked by name at any depth, and plain text. Other
   * types, and JSON and forms above the limit, are shown as their type and length. `undefined`: there was no body.
   */
  shown(type: string, encoding: string, printer: Printer): unknown {
    if (this.#bytes === 0) return undefined
    const essence = type.toLowerCase().replace(/;.*/s, '').trim()
    const isWhole = this.#bytes <= this.#maxBytes
    const name = essence === '' ? 'no type' : printer.text(essence)
    const size = `[${encoding === '' ? name : `${name}, ${printer.text(encoding)}`}: ${this.#bytes} bytes]`
    // A compressed body cannot be masked.
    if (encoding !== '' && encoding !== 'identity') return size
    if (/^application\/(?:[\w.+-]+\+)?json$/.test(essence)) return isWhole ? this.#json(size, printer) : size
    if (essence === 'application/x-www-form-urlencoded')
      return isWhole ? printer.value(new URLSearchParams(this.#text())) : size
    // XML and tables have names as well, but no parser here would find the secrets in them.
    if (essence !== 'text/plain') return size
    return isWhole ? printer.text(this.#text()) : this.#beginning(printer)
  }

  #beginning(printer: Printer): string {
    const shown = new StringDecoder().write(Buffer.concat(this.#pieces).subarray(0, this.#maxBytes))
    return `${printer.beginning(this.#text(), shown.length)}… (${this.#bytes - this.#maxBytes} more bytes)`
  }

  #json(size: string, printer: Printer): unknown {
    try {
      return printer.value(JSON.parse(this.#text()))
    } catch {
      return size
    }
  }

  #text(): string {
    return Buffer.concat(this.#pieces).toString('utf8')
  }
}
