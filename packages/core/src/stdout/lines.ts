/** Takes a log line as it was written, with its line feed. Called while the line is written: it must do next to nothing. */
export type LineListener = (line: string) => void

/** The log lines of one Sightline, for those who want to have them too. */
export class Lines {
  #listeners: readonly LineListener[] = []

  /** @returns takes the listener away again */
  listen(listener: LineListener): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener)
    }
  }

  /** Whether anybody listens. */
  get areHeard(): boolean {
    return this.#listeners.length > 0
  }

  /** Shows a line to all who listen. */
  show(line: string): void {
    for (const listener of this.#listeners) listener(line)
  }
}
