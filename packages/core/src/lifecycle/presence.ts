import type { NodeRequest } from '../wire.ts'

/** Something of the process that a Sightline holds while its service is at work. */
export interface Hold {
  /** Takes hold of it. Called while it is let go of. */
  take(): void
  /** Lets go of it, if it is held: a Sightline that nothing else refers to can then be collected. */
  release(): void
}

/**
 * Decides how long a Sightline holds on to its process: until the last server that has brought it requests is closed, and
 * again from the next request or job on. A test suite that makes an application for each test and closes none of their
 * Sightlines keeps none of them in this way. A service without a server, and one that shuts down, never lets go.
 */
export class Presence {
  readonly #holds: readonly Hold[]
  readonly #stopping: AbortSignal
  readonly #servers = new Set<object>()
  /** The server of the last request: one comparison for each request tells that nothing has changed. */
  #latest: object | undefined = undefined
  #isHeld = true
  #hasEnded = false

  constructor(holds: readonly Hold[], stopping: AbortSignal) {
    this.#holds = holds
    this.#stopping = stopping
    for (const hold of holds) hold.take()
  }

  /** Notes the server that has brought a request. */
  requested({ socket }: NodeRequest): void {
    const { server } = socket as { server?: ClosingServer | undefined }
    if (server === this.#latest) return
    this.#latest = server
    this.wake()
    if (server === undefined || this.#servers.has(server)) return
    this.#servers.add(server)
    server.once('close', () => {
      this.#servers.delete(server)
      if (this.#latest === server) this.#latest = undefined
      if (this.#servers.size === 0) this.#rest()
    })
  }

  /** The service is at work. */
  wake(): void {
    if (this.#isHeld || this.#hasEnded) return
    this.#isHeld = true
    for (const hold of this.#holds) hold.take()
  }

  /** Lets go for good. */
  end(): void {
    this.#hasEnded = true
    for (const hold of this.#holds) hold.release()
  }

  #rest(): void {
    if (!this.#isHeld || this.#stopping.aborted) return
    this.#isHeld = false
    for (const hold of this.#holds) hold.release()
  }
}

/** The part of a server that is looked at here. */
interface ClosingServer {
  once(event: 'close', listener: () => void): unknown
}
