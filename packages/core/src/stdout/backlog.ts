const LINE_FEED = 10

interface Piece {
  /** The unwritten rest of the piece. */
  bytes: Buffer
  /** Number of lines that end in the rest. */
  lines: number
}

/** Lines that wait to be written, in pieces, oldest first. It always knows the number of complete lines. */
export class Backlog {
  readonly #pieces: Piece[] = []
  #bytes = 0
  #lines = 0
  #insideLine = false

  get bytes(): number {
    return this.#bytes
  }

  get lines(): number {
    return this.#lines
  }

  get isEmpty(): boolean {
    return this.#pieces.length === 0
  }

  /** Adds whole lines. */
  push(text: string, lines: number): void {
    const bytes = Buffer.from(text)
    this.#pieces.push({ bytes, lines })
    this.#bytes += bytes.length
    this.#lines += lines
  }

  /** The oldest lines that fit into `whole` bytes. A longer line, or its rest, is returned alone. */
  next(whole: number): Buffer {
    const { bytes } = this.#oldest()
    if (bytes.length <= whole) return bytes
    let end = bytes.lastIndexOf(LINE_FEED, whole - 1)
    if (end < 0) end = bytes.indexOf(LINE_FEED, whole)
    return end < 0 ? bytes : bytes.subarray(0, end + 1)
  }

  /**
   * Removes the written bytes of {@link next}.
   *
   * @returns number of lines completed
   */
  take(count: number): number {
    const oldest = this.#oldest()
    this.#insideLine = oldest.bytes[count - 1] !== LINE_FEED
    const complete = count === oldest.bytes.length ? oldest.lines : linesIn(oldest, count)
    oldest.bytes = oldest.bytes.subarray(count)
    oldest.lines -= complete
    if (oldest.bytes.length === 0) this.#pieces.shift()
    this.#bytes -= count
    this.#lines -= complete
    return complete
  }

  /**
   * Drops all lines. The rest of a partly written line stays, so that the next line starts on its own.
   *
   * @returns number of lines lost
   */
  clear(): number {
    const lost = this.#lines
    this.#pieces.length = this.#bytes = this.#lines = 0
    if (this.#insideLine) this.push('\n', 0)
    return lost
  }

  #oldest(): Piece {
    const [oldest] = this.#pieces
    if (oldest === undefined) throw new Error('the backlog is empty: ask isEmpty first')
    return oldest
  }
}

/**
 * Number of lines that end in the first `count` bytes. A pretty-printed line may have several line feeds and
 * counts once.
 */
function linesIn({ bytes, lines }: Piece, count: number): number {
  let found = 0
  for (let at = bytes.indexOf(LINE_FEED); at >= 0 && at < count; at = bytes.indexOf(LINE_FEED, at + 1))
    found++
  return Math.min(found, lines)
}
