import { StringDecoder } from 'node:string_decoder'

import type { Printer } from '../printing/printer.ts'
import { MARGIN } from '../printing/texts.ts'
import type { BodyListener } from '../request/wire.ts'

/** The bodies of one exchange, as far as they are kept. */
export class KeptBodies implements BodyListener {
  readonly request: KeptBody
  readonly response: KeptBody

  /** @param maxBytes of each of the two, to be shown */
  constructor(maxBytes: number) {
    this.request = new KeptBody(maxBytes)
    this.response = new KeptBody(maxBytes)
  }
}

/** The beginning of a body, with some more than is shown of it, and how long it is. */
export class KeptBody {
  readonly #maxBytes: number
  readonly #pieces: Buffer[] = []
  #kept = 0
  #bytes = 0

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes
  }

  /** Takes a piece as it passes by. It may be used again by whoever has sent it, so what is kept is copied. */
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
   * What may be shown of it: the fields of JSON and of forms, masked by their names at any depth, and plain text. Of all else,
   * other texts included, and of what is too long to be taken apart, only what it is and how long. `undefined`: there was none.
   */
  shown(type: string, encoding: string, printer: Printer): unknown {
    if (this.#bytes === 0) return undefined
    const essence = type.toLowerCase().replace(/;.*/s, '').trim()
    const isWhole = this.#bytes <= this.#maxBytes
    const name = essence === '' ? 'no type' : printer.text(essence)
    const size = `[${encoding === '' ? name : `${name}, ${printer.text(encoding)}`}: ${this.#bytes} bytes]`
    // Nobody can mask what nobody can read.
    if (encoding !== '' && encoding !== 'identity') return size
    if (/^application\/(?:[\w.+-]+\+)?json$/.test(essence)) return isWhole ? this.#json(size, printer) : size
    if (essence === 'application/x-www-form-urlencoded')
      return isWhole ? printer.value(new URLSearchParams(this.#text())) : size
    // Fields of XML and columns of tables have names as well, which nobody looks for here.
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
