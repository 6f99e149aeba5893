import { describe, expect, test } from '@jest/globals'

import { type Call, layoutOf, reach, wayOf } from '../../src/pages/map/layout.ts'

const calls = (...pairs: ReadonlyArray<readonly [client: string, server: string]>): Call[] =>
  pairs.map(([client, server]) => ({ client, server, rate: 1, errors: 0, p95: 0.1 }))

const columns = (of: readonly Call[], names: readonly string[] = []) =>
  Object.fromEntries(layoutOf(names, of).places.map(({ name, column }) => [name, column]))

describe('the layout of a map', () => {
  test('has callers left of what they call, by the longest way', () => {
    const shop = calls(['web', 'orders'], ['orders', 'payments'], ['web', 'db'], ['payments', 'db'])
    expect(columns(shop, ['mail'])).toEqual({ web: 0, mail: 0, orders: 1, payments: 2, db: 3 })
  })

  test('cuts a cycle where it is entered, and draws calls of a service to itself', () => {
    const round = calls(['web', 'a'], ['a', 'b'], ['b', 'c'], ['c', 'a'], ['b', 'b'])
    expect(columns(round)).toEqual({ web: 0, a: 1, b: 2, c: 3 })
    expect(columns(calls(['a', 'b'], ['b', 'a']))).toEqual({ a: 0, b: 1 })
  })

  test('keeps services of a column at least a row apart, none above the first row', () => {
    const many = Array.from({ length: 200 }, (_, at) => [`s${at % 20}`, `t${at}`] as const)
    const { places, rows } = layoutOf([], calls(...many))
    for (const column of [0, 1]) {
      const at = places.filter((place) => place.column === column).map(({ row }) => row)
      expect(at.every((row, index) => index === 0 || row >= (at[index - 1] ?? 0) + 0.999)).toBe(true)
      expect(Math.min(...at)).toBeGreaterThanOrEqual(0)
      expect(Math.max(...at)).toBeLessThan(rows)
    }
    expect(layoutOf([], calls(...many.toReversed())).places).toEqual(places)
  })

  test('leads calls through the columns between, those of the same service on one way', () => {
    const long = calls(['a', 'b'], ['b', 'c'], ['c', 'db'], ['a', 'db'], ['b', 'db'])
    const { places, ways } = layoutOf([], long)
    expect([...ways.keys()]).toEqual([wayOf('db', 1), wayOf('db', 2)])
    for (const { name, column, row } of places)
      expect(Math.abs(row - (ways.get(wayOf('db', column)) ?? Infinity))).toBeGreaterThanOrEqual(
        name === 'a' || name === 'db' ? 0 : 0.999,
      )
  })

  test('takes a chain of ten thousand services', () => {
    const chain = Array.from({ length: 10_000 }, (_, at) => [`s${at}`, `s${at + 1}`] as const)
    expect(layoutOf([], calls(...chain)).columns).toBe(10_001)
  })

  test('is empty without services', () => {
    expect(layoutOf([], [])).toMatchObject({ places: [], columns: 0, rows: 1 })
  })
})

test('a service reaches its callers and what it calls, but not what its callers call besides', () => {
  const shop = calls(['web', 'orders'], ['orders', 'payments'], ['web', 'search'], ['payments', 'db'])
  expect([...reach('orders', shop)].toSorted()).toEqual(['db', 'orders', 'payments', 'web'])
})
