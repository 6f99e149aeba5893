/** The response of a destination. */
export interface Answer {
  readonly status: number
  /** Keys are lower-case. The first value wins when a field is repeated. */
  readonly headers: Readonly<Record<string, string | undefined>>
  /** At most 64 KiB. */
  readonly body: Buffer
  /** `false` when the body was cut off, or is longer than 64 KiB. */
  readonly complete: boolean
}

/** A response gives the rejected count and a reason. A longer body is something else. */
const LONGEST_BODY = 64 * 1_024
/** Limit for all lines of a response, including the lines between body chunks. */
const LONGEST_LINES = 64 * 1_024
const LINE_FEED = 0x0a

/**
 * The part that the reader expects next. `counted`: a body of known length. `rest`: a body up to the end of
 * the connection.
 */
type Stage = 'status' | 'fields' | 'counted' | 'chunk size' | 'chunk end' | 'trailers' | 'rest' | 'over'

/** Parses the response to one request from pieces of any size. HTTP/1.1, RFC 9112. */
export class AnswerReader {
  #stage: Stage = 'status'
  #status: number | undefined
  #isHttp11 = false
  #headers: Record<string, string | undefined> = Object.create(null) as Record<string, undefined>
  #line = ''
  #lineBytes = 0
  /** Bytes missing from the counted body or chunk. */
  #left = 0
  #isChunked = false
  readonly #pieces: Buffer[] = []
  #length = 0
  #isComplete = false
  #isTidy = true

  /** The response so far. `undefined` until the head is complete. */
  get answer(): Answer | undefined {
    if (this.#status === undefined || this.#stage === 'fields') return undefined
    const body = Buffer.concat(this.#pieces)
    return { status: this.#status, headers: this.#headers, body, complete: this.#isComplete }
  }

  /** The response is complete, or the reader needs no more of it. */
  get isOver(): boolean {
    return this.#stage === 'over'
  }

  /** Whether the connection can carry another request. */
  get leavesConnection(): boolean {
    const keeps = this.#isHttp11 && !/\bclose\b/i.test(this.#headers['connection'] ?? '')
    return this.#isComplete && this.#isTidy && keeps
  }

  /**
   * Parses the next piece.
   *
   * @throws {Error} when the bytes are not an HTTP/1.1 response; the message quotes them
   */
  feed(bytes: Buffer): void {
    let at = 0
    while (at < bytes.length) {
      if (this.#stage === 'over') {
        this.#isTidy = false
        return
      }
      at = this.#isInBody ? this.#takeBytes(bytes, at) : this.#takeLine(bytes, at)
    }
  }

  /** Tells the reader that the peer closed the connection cleanly. */
  end(): void {
    if (this.#stage !== 'rest') return
    this.#isComplete = true
    this.#isTidy = false
    this.#stage = 'over'
  }

  get #isInBody(): boolean {
    return this.#stage === 'counted' || this.#stage === 'rest'
  }

  #takeBytes(bytes: Buffer, at: number): number {
    const end = this.#stage === 'rest' ? bytes.length : Math.min(bytes.length, at + this.#left)
    this.#pieces.push(bytes.subarray(at, Math.min(end, at + LONGEST_BODY - this.#length)))
    this.#length += end - at
    this.#left -= end - at
    if (this.#length > LONGEST_BODY) this.#stage = 'over'
    else if (this.#stage === 'counted' && this.#left === 0) this.#endCounted()
    return end
  }

  #takeLine(bytes: Buffer, at: number): number {
    const feed = bytes.indexOf(LINE_FEED, at)
    const end = feed < 0 ? bytes.length : feed
    this.#lineBytes += end - at
    if (this.#lineBytes > LONGEST_LINES)
      throw new Error(`its answer has more than ${LONGEST_LINES} bytes of headers`)
    this.#line += bytes.toString('latin1', at, end)
    if (feed < 0) return end
    const line = this.#line.endsWith('\r') ? this.#line.slice(0, -1) : this.#line
    this.#line = ''
    this.#read(line)
    return end + 1
  }

  #read(line: string): void {
    switch (this.#stage) {
      case 'status':
        this.#readStatus(line)
        break
      case 'fields':
        if (line === '') this.#endHead()
        else this.#readField(line)
        break
      case 'chunk size':
        this.#readChunkSize(line)
        break
      case 'chunk end':
        if (line !== '') throw new Error('a chunk of its answer is longer than it says')
        this.#stage = 'chunk size'
        break
      case 'trailers':
        if (line === '') this.#complete()
        break
      default:
        break
    }
  }

  #readStatus(line: string): void {
    const [, minor, status] = /^HTTP\/1\.(\d) ([1-9]\d\d)(?: |$)/.exec(line) ?? []
    if (status === undefined)
      throw new Error(`it does not answer in HTTP/1.1, but ${JSON.stringify(line.slice(0, 80))}`)
    this.#isHttp11 = minor !== '0'
    this.#status = Number(status)
    this.#stage = 'fields'
  }

  #readField(line: string): void {
    const colon = line.indexOf(':')
    // A folded line, and a line without a colon, hold nothing that we use.
    if (colon > 0) this.#headers[line.slice(0, colon).toLowerCase()] ??= line.slice(colon + 1).trim()
  }

  /** The framing of the body: RFC 9112, section 6.3. */
  #endHead(): void {
    const { 'transfer-encoding': encoding, 'content-length': length } = this.#headers
    const status = this.#status ?? 0
    if (status === 101) throw new Error('it changes the protocol, which nobody has asked for')
    if (status < 200) {
      this.#status = undefined
      this.#headers = Object.create(null) as Record<string, undefined>
      this.#stage = 'status'
    } else if (status === 204 || status === 304) {
      this.#complete()
    } else if (encoding !== undefined) {
      this.#isChunked = /(?:^|,)\s*chunked$/i.test(encoding)
      this.#stage = this.#isChunked ? 'chunk size' : 'rest'
    } else if (length === undefined) {
      this.#stage = 'rest'
    } else {
      if (!/^\d{1,15}$/.test(length))
        throw new Error(`its answer is ${JSON.stringify(length.slice(0, 80))} bytes long`)
      this.#count(Number(length))
    }
  }

  #readChunkSize(line: string): void {
    const [, size] = /^([\da-f]{1,12})\s*(?:;|$)/i.exec(line) ?? []
    if (size === undefined)
      throw new Error(`a chunk of its answer is ${JSON.stringify(line.slice(0, 80))} bytes long`)
    const length = Number.parseInt(size, 16)
    if (length === 0) this.#stage = 'trailers'
    else this.#count(length)
  }

  #count(length: number): void {
    this.#left = length
    this.#stage = 'counted'
    if (length === 0) this.#endCounted()
  }

  #endCounted(): void {
    if (this.#isChunked) this.#stage = 'chunk end'
    else this.#complete()
  }

  #complete(): void {
    this.#isComplete = true
    this.#stage = 'over'
  }
}
