import { MARGIN_MS } from './lifecycle/budget.ts'
import { closeInTime } from './request/sinks.ts'
import { shown } from './requirements/requirements.ts'
import { destination as destinationRule } from './settings/destinations.ts'
import type { Destination, Taps } from './taps.ts'

type Close = (deadlineMs: number) => unknown

/** The destinations of one Sightline. They are attached to its taps, and closed with it. */
export class Destinations {
  readonly #taps: Taps
  readonly #names = new Set<string>()
  readonly #closers: Array<{ readonly what: string; readonly close: Close }> = []
  /** The time limit of the close. `undefined`: destinations can still be attached. */
  #closedWithin: number | undefined

  /** @param taps without `onClose`, which this class adds */
  constructor(taps: Omit<Taps, 'onClose'>) {
    this.#taps = { ...taps, onClose: (close) => this.#onClose('a destination', close) }
  }

  /** The taps for code without a destination's name. */
  get taps(): Taps {
    return this.#taps
  }

  /**
   * Attaches a destination. An error or rejection of its `attach` is reported as a fault.
   *
   * @throws {TypeError} if the value is no destination, or the name is in use
   */
  attach(destination: Destination): void {
    const problem = destinationRule(destination)
    if (problem !== undefined)
      throw new TypeError(`Sightline: a destination is ${shown(destination)}, but must be ${problem}`)
    const { name } = destination
    if (this.#names.has(name))
      throw new TypeError(`Sightline: a destination named ${shown(name)} is attached already`)
    const what = `destination ${name}`
    if (this.#closedWithin !== undefined) {
      this.#taps.fault(what, new Error('it was attached after the Sightline was closed'))
      return
    }
    this.#names.add(name)
    const removals: Array<() => void> = []
    const failed = (error: unknown) => {
      for (const remove of removals) remove()
      this.#names.delete(name)
      this.#taps.fault(what, error)
    }
    try {
      Promise.resolve(destination.attach(this.#tapsFor(what, removals))).catch(failed)
    } catch (error) {
      failed(error)
    }
  }

  /** Closes all destinations in parallel. Never rejects. */
  async close(ms: number): Promise<void> {
    this.#closedWithin = ms
    await Promise.all(this.#closers.map(({ what, close }) => this.#closeNow(what, close, ms)))
  }

  /** The taps for one destination. They record its additions, for their removal. */
  #tapsFor(what: string, removals: Array<() => void>): Taps {
    const kept = (remove: () => void) => {
      removals.push(remove)
      return remove
    }
    const taps = this.#taps
    return {
      ...taps,
      lines: { listen: (listener) => kept(taps.lines.listen(listener)) },
      addFamilies: (families) => kept(taps.addFamilies(families)),
      addSink: (sink) => kept(taps.addSink(sink)),
      onClose: (close) => this.#onClose(what, close),
    }
  }

  #onClose(what: string, close: Close): void {
    // A slow `attach` may finish after the close of the Sightline.
    if (this.#closedWithin !== undefined) void this.#closeNow(what, close, this.#closedWithin)
    else this.#closers.push({ what, close })
  }

  #closeNow(what: string, close: Close, ms: number): Promise<void> {
    return closeInTime(what, () => close(Math.max(0, ms - MARGIN_MS)), ms, this.#taps.fault)
  }
}
