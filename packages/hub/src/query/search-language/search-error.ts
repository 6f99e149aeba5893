/** A search that does not follow the search language. The message is one sentence with the position, for the person who typed it. */
export class SearchError extends Error {
  override readonly name = 'SearchError'
  /** Offset into the text, from 0. */
  readonly position: number

  constructor(position: number, problem: string) {
    super(`${problem} (at position ${position + 1} of the search)`)
    this.position = position
  }
}
