/** Receives a log line with its line feed. Called while the line is written: it must do almost no work. */
export type LineListener = (line: string) => void

/** The log lines of one Sightline, for further listeners. */
export class Lines {
  #listeners: readonly LineListener[] = []

  /** @returns removes the listener */
  listen(listener: LineListener): () => void {
    this.#listeners = [...this.#listeners, listener]
    return () => {
      this.#listeners = this.#listeners.filter((each) => each !== listener)
    }
  }

  /** Whether there is a listener. */
  get areHeard(): boolean {
    return this.#listeners.length > 0
  }

  /** Passes a line to all listeners. */
  show(line: string): void {
    for (const listener of this.#listeners) listener(line)
  }
}
