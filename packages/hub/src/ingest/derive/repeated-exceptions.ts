import type { ExceptionDelta } from './deltas.ts'

/** Exceptions of spans that are remembered. */
const REMEMBERED = 50_000

/**
 * Tells whether an exception is a new one. One that a span has as an event is mostly logged as well, with the ids of the span: it
 * counts once. Two equal ones of the same source are two.
 */
export class RepeatedExceptions {
  #young = new Map<string, { span: number; log: number }>()
  #old = new Map<string, { span: number; log: number }>()

  isNew({ fingerprint, key, source }: ExceptionDelta): boolean {
    if (key === '') return true
    const id = `${fingerprint}${key}`
    const counts = this.#young.get(id) ?? this.#old.get(id) ?? { span: 0, log: 0 }
    const before = Math.max(counts.span, counts.log)
    counts[source]++
    if (this.#young.size >= REMEMBERED / 2) {
      this.#old = this.#young
      this.#young = new Map()
    }
    this.#young.set(id, counts)
    return Math.max(counts.span, counts.log) > before
  }
}
