import { expect, test } from '@jest/globals'

import { checksOf } from '../../src/pages/service/checks.ts'
import { peerOf, stateOfErrors } from '../../src/pages/service/service.ts'

const grid = { start: 0, step: 1_000, count: 4 }
const status = (check: string, instance: string, values: ReadonlyArray<number | null>) => ({
  labels: { figure: 'status', check, instance },
  values,
})

test('finds the worst state of each check, where it is, and since when', () => {
  const lines = [
    status('cache', 'a', [1, 1, 1, 1]),
    status('database', 'a', [1, 1, 1, 1]),
    status('database', 'b', [1, 1, 0.5, 0.5]),
    { labels: { figure: 'took', check: 'database', instance: 'b' }, values: [0.1, 0.1, 0.9, null] },
  ]
  expect(checksOf({ grid, lines })).toMatchObject([
    { name: 'database', state: 'degraded', instances: ['b'], took: 0.9, since: 2_000 },
    { name: 'cache', state: 'healthy', instances: [], took: null, since: undefined },
  ])
})

test('does not count a process that no longer reports', () => {
  const took = (instance: string) => ({
    labels: { figure: 'took', check: 'database', instance },
    values: [9],
  })
  const lines = [
    status('database', 'gone', [0, 0, null, null]),
    status('database', 'a', [1, 1, 1, 1]),
    took('gone'),
  ]
  expect(checksOf({ grid, lines })).toMatchObject([{ state: 'healthy', instances: [], took: null }])
  expect(checksOf({ grid, lines: [status('database', 'gone', [0, null, null, null])] })).toEqual([])
  expect(checksOf(undefined)).toEqual([])
})

test.each([
  ['orders', { name: 'orders', kind: '' }],
  ['postgresql postgres:5432', { name: 'postgres:5432', kind: 'postgresql' }],
  ['api.example.com', { name: 'api.example.com', kind: '' }],
  ['my service', { name: 'my service', kind: '' }],
])('divides the peer %j into its name and kind', (text, peer) => {
  expect(peerOf(text)).toEqual(peer)
})

test('calls errors as the hub does', () => {
  expect([null, 0.009, 0.01, 0.05].map(stateOfErrors)).toEqual([undefined, undefined, 'warn', 'bad'])
})
