/** Bytes of a cache. The last hour of 20,000 series takes about as much. */
const MOST_BYTES = 32_000_000

/**
 * Remembers encoded chunks, which never change. It has two generations: what was used since the last change of generations is kept at
 * the next one.
 */
export class ChunkCache {
  #young = new Map<number, Uint8Array | undefined>()
  #old = new Map<number, Uint8Array | undefined>()
  #bytes = 0

  /** The chunk of a key, which `read` finds the first time. That there is none is remembered, too. */
  get(key: number, read: (key: number) => Uint8Array | undefined): Uint8Array | undefined {
    const young = this.#young.get(key)
    if (young !== undefined || this.#young.has(key)) return young
    const chunk = this.#old.has(key) ? this.#old.get(key) : read(key)
    // An entry takes memory besides its bytes.
    const bytes = (chunk?.length ?? 0) + 100
    if (this.#bytes + bytes > MOST_BYTES / 2) {
      this.#old = this.#young
      this.#young = new Map()
      this.#bytes = 0
    }
    this.#young.set(key, chunk)
    this.#bytes += bytes
    return chunk
  }
}
