import type { SeriesWriter } from '../../store/samples.ts'
import type { DerivedDeltas } from '../derive/deltas.ts'
import type { DerivedSeries } from '../derive/derived-series.ts'
import type { FromThread } from '../protocol.ts'
import type { GroupCommit } from './group-commit.ts'

export interface DerivedRoundsParts {
  readonly derived: DerivedSeries
  readonly writer: SeriesWriter
  readonly group: GroupCommit
  readonly send: (message: FromThread) => void
}

/** Writes the derived series in rounds, in slices between which requests are stored. */
export interface DerivedRounds {
  add(deltas: DerivedDeltas): void
  /** Begins a round, unless the last one is still going on. */
  begin(): void
  /** Ends the round that is going on, and does one more. */
  finish(): void
}

/** Milliseconds of a slice, without its commit. Shorter ones would write the index of labels more often. */
const SLICE_MS = 25

export function createDerivedRounds({ derived, writer, group, send }: DerivedRoundsParts): DerivedRounds {
  let hasDeltas = false
  /** Deltas that came after the begin of the last round. */
  let received = 0
  /** Deltas that are in samples, which may not be durable. */
  let written = 0
  let round: { readonly steps: Iterator<unknown>; readonly deltas: number } | undefined

  function start(): void {
    if (round !== undefined || !hasDeltas) return
    round = { steps: derived.write(writer, Date.now())[Symbol.iterator](), deltas: received }
    received = 0
  }

  /** Goes on with the round until `until`, a time of `performance.now`. */
  function work(until: number): void {
    const current = round
    if (current === undefined) return
    try {
      while (current.steps.next().done !== true) if (performance.now() >= until) return commit()
      written += current.deltas
      round = undefined
    } catch (error) {
      // The samples of this round are missing. Series are cumulative, so the next one makes up for it.
      received += current.deltas
      round = undefined
      return group.fail(error)
    }
    commit()
  }

  function commit(): void {
    group.touch()
    if (!group.commit() || written === 0) return
    send({ kind: 'derived', deltas: written })
    written = 0
  }

  function slice(): void {
    work(performance.now() + SLICE_MS)
    if (round !== undefined) setImmediate(slice)
  }

  return {
    add(deltas) {
      hasDeltas = true
      received++
      derived.add(deltas)
    },
    begin() {
      if (round !== undefined) return
      start()
      slice()
    },
    finish() {
      work(Infinity)
      start()
      work(Infinity)
    },
  }
}
