import { describe, expect, test } from '@jest/globals'

import { decodeBatch, encodeBatch } from '../../src/store/sqlite/series/codec/batch.ts'
import { decodeGroup, GroupEncoder } from '../../src/store/sqlite/series/codec/group.ts'
import { SeriesSet } from '../../src/store/sqlite/series/index/series-set.ts'

/** A sequence of numbers from 0 to 1 that is always the same. */
function seeded(seed: number): () => number {
  let state = seed
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647
}

const random = seeded(42)
const integer = (most: number): number => Math.floor(random() * most)

/** Shapes of values that have a form of their own when they are written. */
const SHAPES: Record<string, (index: number, before: number) => number> = {
  constant: () => 3.25,
  'constant marker': () => NaN,
  zeros: () => 0,
  'negative zeros': (index) => (index % 2 === 0 ? -0 : 0),
  counter: (_, before) => before + integer(100),
  'idle counter': (index, before) => before + (index % 50 === 0 ? 1 : 0),
  'counter with resets': (index, before) => (index % 10 === 9 ? 0 : before + integer(1e6)),
  'large integers': () => integer(2 ** 50) - 2 ** 49,
  'too large integers': () => integer(2 ** 53),
  decimals: () => integer(1e4) / 10,
  'many decimals': () => integer(1e9) / 1e6,
  'decimals later': (index) => (index < 20 ? integer(9) : integer(1e7) / 1e3),
  doubles: () => random() * 1e3,
  'doubles that repeat': (index, before) => (index % 7 === 0 ? random() : before),
  'any bits': () => {
    const bits = new Uint32Array([integer(2 ** 32), integer(2 ** 32)])
    return new Float64Array(bits.buffer)[0] ?? 0
  },
  infinities: (index) => [Infinity, -Infinity, 1, NaN][index % 4] ?? 0,
  tiny: () => 5e-324 * integer(10),
  'round and broken': (index) => (index === 7 ? 1 / 3 : integer(10)),
}

const bitsOf = (values: Float64Array): bigint[] => [...new BigUint64Array(values.slice().buffer)]

describe('a group of series', () => {
  test.each(Object.keys(SHAPES))('keeps all bits of %s', (shape) => {
    for (const count of [1, 2, 3, 64, 1_000]) {
      let before = 0
      const values = Float64Array.from(
        { length: count },
        (_, index) => (before = SHAPES[shape]?.(index, before) ?? 0),
      )
      const times = Float64Array.from({ length: count }, (_, index) => 1.7e12 + index * 15_000 + integer(20))
      const encoder = new GroupEncoder()
      encoder.add(5, times, values, 0, count)
      const [series] = decodeGroup(encoder.finish(), () => true, 0, Infinity)
      expect([count, series?.slot, series?.times]).toEqual([count, 5, times])
      expect(bitsOf(series?.values ?? new Float64Array(0))).toEqual(bitsOf(values))
    }
  })

  test('keeps times that are irregular, and stores those once that series have in common', () => {
    const times = Float64Array.from([1, 2, 1_000, 1_001, 5e12, 5e12 + 1, 8e15])
    const values = Float64Array.from(times, () => 1)
    const encoder = new GroupEncoder()
    encoder.add(0, times, values, 0, 7)
    const single = encoder.finish().length
    for (let slot = 0; slot < 64; slot++)
      encoder.add(slot, slot === 9 ? times.slice(0, 6) : times, values, 0, slot === 9 ? 6 : 7)
    const encoded = encoder.finish()
    expect(encoded.length).toBeLessThan(single + 64 * 14 + 40)
    const decoded = decodeGroup(encoded, () => true, 0, Infinity)
    expect(decoded.map((series) => series.slot)).toEqual(Array.from({ length: 64 }, (_, slot) => slot))
    for (const series of decoded) expect(series.times).toEqual(series.slot === 9 ? times.slice(0, 6) : times)
  })

  test('is decoded only for the wanted series that have samples in the range', () => {
    const encoder = new GroupEncoder()
    for (let slot = 0; slot < 10; slot++)
      encoder.add(slot, Float64Array.of(slot * 10, slot * 10 + 5), Float64Array.of(slot, slot + 0.5), 0, 2)
    const decoded = decodeGroup(encoder.finish(), (slot) => slot % 2 === 0, 26, 60)
    expect(decoded.map(({ slot, values }) => [slot, [...values]])).toEqual([
      [4, [4, 4.5]],
      [6, [6, 6.5]],
    ])
  })
})

test('a batch is read as it was written, from memory at any place', () => {
  const batch = {
    count: 3,
    base: 17,
    series: Uint32Array.of(1, 2 ** 32 - 1, 3, 99),
    offsets: Uint32Array.of(0, 2 ** 32 - 1, 5, 99),
    values: Float64Array.of(0.5, -0, NaN, 99),
  }
  const encoded = encodeBatch(batch)
  const moved = new Uint8Array(encoded.length + 1)
  moved.set(encoded, 1)
  for (const bytes of [encoded, moved.subarray(1)])
    expect(decodeBatch(bytes, 17)).toEqual({
      count: 3,
      base: 17,
      series: batch.series.slice(0, 3),
      offsets: batch.offsets.slice(0, 3),
      values: batch.values.slice(0, 3),
    })
})

describe('a set of series', () => {
  const sets = [1, 7, 40, 3_000].map((count) => new Set(Array.from({ length: count }, () => integer(10_000))))
  const of = (numbers: Iterable<number>): SeriesSet => {
    const set = new SeriesSet()
    for (const number of numbers) set.add(number)
    return set
  }
  const sorted = (numbers: Iterable<number>): number[] => [...numbers].toSorted((a, b) => a - b)

  test('is stored in pages', () => {
    for (const numbers of sets) {
      const read = new SeriesSet()
      for (const [page, stored] of of(numbers).pages()) read.addPage(page, stored)
      expect(read.numbers()).toEqual(sorted(numbers))
      expect([31, 32, 2_047, 2_048, ...numbers].map((number) => read.has(number))).toEqual(
        [31, 32, 2_047, 2_048, ...numbers].map((number) => numbers.has(number)),
      )
    }
  })

  test('is combined with others', () => {
    for (const a of sets) {
      for (const b of sets) {
        const both = of(a)
        both.keep(of(b))
        expect(both.numbers()).toEqual(sorted([...a].filter((one) => b.has(one))))
        expect(both.isEmpty).toBe(![...a].some((one) => b.has(one)))
        const either = of(a)
        either.addAll(of(b))
        expect(either.numbers()).toEqual(sorted(new Set([...a, ...b])))
        const rest = of(a)
        rest.remove(of(b))
        expect(rest.numbers()).toEqual(sorted([...a].filter((one) => !b.has(one))))
      }
    }
  })
})
