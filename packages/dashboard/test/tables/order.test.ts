import { describe, expect, it } from '@jest/globals'

import { keptOrder, sorted, windowOf } from '../../src/tables/order.ts'

describe('the order of a table', () => {
  const rows = [
    { name: 'b10', figure: 1 },
    { name: 'b2', figure: null },
    { name: 'a', figure: 3 },
  ]
  const names = (list: ReadonlyArray<{ name: string }>) => list.map(({ name }) => name)

  it('sorts figures, and names with their numbers as numbers', () => {
    expect(names(sorted(rows, ({ name }) => name, false))).toEqual(['a', 'b2', 'b10'])
    expect(names(sorted(rows, ({ figure }) => figure, true))).toEqual(['a', 'b10', 'b2'])
  })

  it('puts rows without a value last in both directions', () => {
    for (const isDescending of [true, false])
      expect(sorted(rows, ({ figure }) => figure, isDescending).at(-1)?.name).toBe('b2')
  })

  it('keeps the order that was read, new rows last', () => {
    expect(names(keptOrder(rows, ({ name }) => name, ['a', 'b10']))).toEqual(['a', 'b10', 'b2'])
  })
})

describe('the window of a long list', () => {
  it('holds all rows in view, wherever the list was scrolled to', () => {
    for (const count of [1, 15, 16, 17, 1_000])
      for (let top = 300; top > -28 * count - 2_000; top -= 97) {
        const { first, last } = windowOf(top, 700, 28, count)
        const seen = [Math.floor(-top / 28), Math.ceil((700 - top) / 28)]
        expect(first).toBeLessThanOrEqual(Math.max(0, seen[0] ?? 0))
        expect(last).toBeGreaterThanOrEqual(Math.min(count, seen[1] ?? 0))
        expect(last - first).toBeLessThanOrEqual(700 / 28 + 64)
        expect(last).toBeGreaterThan(first)
      }
  })

  it('stays the same while the list is scrolled by less than a row', () => {
    expect(windowOf(-1_000, 700, 28, 500)).toEqual(windowOf(-1_010, 700, 28, 500))
  })
})
