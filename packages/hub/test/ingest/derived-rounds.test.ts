import { setImmediate } from 'node:timers/promises'

import { expect, test } from '@jest/globals'

import { createDerivation } from '../../src/ingest/derive/derivation.ts'
import { createDerivedSeries, type DerivedSeries } from '../../src/ingest/derive/derived-series.ts'
import type { FromThread } from '../../src/ingest/protocol.ts'
import { createDerivedRounds } from '../../src/ingest/threads/derived-rounds.ts'
import { GroupCommit } from '../../src/ingest/threads/group-commit.ts'
import { spanColumns } from '../derive/requests.ts'
import { createMemoryWriter } from '../memory-writer.ts'

function startRounds(wrap: (derived: DerivedSeries) => DerivedSeries = (derived) => derived) {
  const messages: FromThread[] = []
  const state = { error: undefined as Error | undefined }
  const writer = createMemoryWriter()
  const send = (message: FromThread) => void messages.push(message)
  const commit = () => {
    if (state.error !== undefined) throw state.error
  }
  const group = new GroupCommit({ commit, rollback: () => undefined, send })
  const rounds = createDerivedRounds({ derived: wrap(createDerivedSeries()), writer, group, send })
  const derivation = createDerivation()
  return {
    rounds,
    state,
    add(name: string, agoMs = 0) {
      derivation.spans(spanColumns('shop', [{ name, start: Date.now() - agoMs }]))
      rounds.add(derivation.take())
    },
    written: () => messages.flatMap((message) => (message.kind === 'derived' ? [message.deltas] : [])),
    names: () => new Set(writer.written.map(({ labels }) => labels['span_name'])),
  }
}

/** Series that are written in another way. */
function replacing(derived: DerivedSeries, write: DerivedSeries['write']): DerivedSeries {
  return {
    add: (deltas) => derived.add(deltas),
    write,
    get isHolding() {
      return derived.isHolding
    },
    get isFull() {
      return derived.isFull
    },
  }
}

/** Series whose writing goes on until `may` is set. */
function endless(may: { end: boolean }) {
  return (derived: DerivedSeries) =>
    replacing(derived, function* (writer, now, round) {
      while (!may.end) yield
      yield* derived.write(writer, now, round)
    })
}

test('a long round lets other work run, and tells of its deltas when they are written', async () => {
  const may = { end: false }
  const { rounds, add, written } = startRounds(endless(may))
  add('first')
  add('second')
  rounds.begin()
  expect(written()).toEqual([])
  // A round that goes on is not begun again.
  rounds.begin()
  add('third')
  await setImmediate()
  may.end = true
  while (written().length === 0) await setImmediate()
  expect(written()).toEqual([2])
  rounds.begin()
  expect(written()).toEqual([2, 1])
})

test('the end does the rest of the round, and one more for what came meanwhile', () => {
  const may = { end: false }
  const { rounds, add, written, names } = startRounds(endless(may))
  add('first')
  rounds.begin()
  add('second')
  may.end = true
  rounds.finish()
  expect(written()).toEqual([1, 1])
  expect(names()).toEqual(new Set(['first', 'second']))
})

test('deltas are told of only after a commit that succeeds', () => {
  const { rounds, add, written, state } = startRounds()
  add('first')
  state.error = new Error('disk full')
  rounds.begin()
  expect(written()).toEqual([])
  state.error = undefined
  add('second')
  rounds.begin()
  expect(written()).toEqual([2])
})

test('a round that fails is made up for by the next one', async () => {
  let fails = true
  const { rounds, add, written, names } = startRounds((derived) =>
    replacing(derived, (writer, now, round) => {
      if (!fails) return derived.write(writer, now, round)
      fails = false
      return {
        [Symbol.iterator]: () => ({
          next: () => {
            throw new Error('too many samples')
          },
        }),
      }
    }),
  )
  add('first')
  rounds.begin()
  expect(written()).toEqual([])
  rounds.begin()
  // On a slow machine, a round may need several slices.
  while (written().length === 0) await setImmediate()
  expect(written()).toEqual([1])
  expect(names()).toEqual(new Set(['first']))
})

test('deltas of late events are told of when they are in samples, so that a thread that is started again gets them again', () => {
  const { rounds, add, written, names } = startRounds()
  add('late', 600_000)
  add('current')
  rounds.begin()
  expect(written()).toEqual([])
  rounds.finish()
  expect(names()).toEqual(new Set(['current', 'late']))
  expect(written()).toEqual([2])
})
