import type { NodeRequest } from '../seam.ts'

/** A process-wide resource that a Sightline holds while its service is active. */
export interface Hold {
  /** Takes the resource. Called only while it is released. */
  take(): void
  /** Releases the resource, if held. A Sightline without other references can then be collected. */
  release(): void
}

/**
 * Decides how long a Sightline holds on to its process: until the last server that sent it requests is
 * closed, and again from the next request or job on. A test suite that creates an application per test, and
 * never closes the Sightlines, thus keeps none of them alive. A service without a server, and one that is
 * shutting down, never releases.
 */
export class Presence {
  readonly #holds: readonly Hold[]
  readonly #stopping: AbortSignal
  readonly #servers = new Set<object>()
  /** The server of the last request. One comparison per request shows that it is unchanged. */
  #latest: object | undefined = undefined
  #isHeld = true
  #hasEnded = false

  constructor(holds: readonly Hold[], stopping: AbortSignal) {
    this.#holds = holds
    this.#stopping = stopping
    for (const hold of holds) hold.take()
  }

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

  /** Takes the resources again, since the service is active. */
  wake(): void {
    if (this.#isHeld || this.#hasEnded) return
    this.#isHeld = true
    for (const hold of this.#holds) hold.take()
  }

  /** Releases the resources for good. */
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

/** The part of a server that is used here. */
interface ClosingServer {
  once(event: 'close', listener: () => void): unknown
}
