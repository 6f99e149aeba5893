import type { SeriesWriter } from '../../store/samples.ts'
import type { DerivedDeltas } from '../derive/deltas.ts'
import type { DerivedSeries } from '../derive/derived-series.ts'
import type { Round } from '../derive/growth/cumulative.ts'
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
  /** Begins a round, unless the last one is still going on. Then it begins after one of late events. */
  begin(): void
  /** Ends the round that is going on, and does one more. */
  finish(): void
}

/** Milliseconds of a slice, without its commit. Shorter ones would write the index of labels more often. */
const SLICE_MS = 25
/** Milliseconds from a round that has held late events back to one of these. */
const HELD_MS = 3_000

export function createDerivedRounds({ derived, writer, group, send }: DerivedRoundsParts): DerivedRounds {
  let hasDeltas = false
  /** Deltas that came after the begin of the last round of all series, or are held. */
  let received = 0
  /** Deltas that are in samples, which may not be durable. */
  let written = 0
  let round: { readonly kind: Round; readonly steps: Iterator<unknown>; readonly deltas: number } | undefined
  let isWaiting = false
  let later: NodeJS.Timeout | undefined

  function start(kind: Round): void {
    if (round !== undefined || !hasDeltas) return
    const steps = derived.write(writer, Date.now(), kind)[Symbol.iterator]()
    round = { kind, steps, deltas: kind === 'late' ? 0 : received }
    received -= round.deltas
  }

  /** Goes on with the round until `until`, a time of `performance.now`. */
  function work(until: number): void {
    const current = round
    if (current === undefined) return
    try {
      while (current.steps.next().done !== true) if (performance.now() >= until) return commit()
      // A thread that is started again needs those that are held.
      if (derived.isHolding) received += current.deltas
      else written += current.deltas
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
    else if (isWaiting) begin('all')
    else if (derived.isHolding) later ??= setTimeout(beginLate, HELD_MS).unref()
  }

  function begin(kind: Round): void {
    if (round !== undefined) {
      if (round.kind === 'late' && kind === 'all') isWaiting = true
      return
    }
    if (kind === 'all') isWaiting = false
    start(kind)
    slice()
  }

  function beginLate(): void {
    clearTimeout(later)
    later = undefined
    begin('late')
  }

  return {
    add(deltas) {
      hasDeltas = true
      received++
      derived.add(deltas)
      if (derived.isFull) beginLate()
    },
    begin: () => begin('all'),
    finish() {
      clearTimeout(later)
      work(Infinity)
      start('last')
      work(Infinity)
    },
  }
}
