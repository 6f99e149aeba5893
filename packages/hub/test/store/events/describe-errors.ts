import { describe, expect, test } from '@jest/globals'

import type { ExceptionRow } from '../../../src/store/events.ts'
import type { ErrorSearch } from '../../../src/store/search.ts'
import { logColumns, type SpanRow, spanColumns } from '../columns.ts'
import type { Bench } from './bench.ts'
import { ALWAYS, LIMITS, resourceOf, SECOND, spanId, START, traceId } from './samples.ts'

const at = (second: number) => START + BigInt(second) * SECOND
const exception = (second: number, more: Partial<ExceptionRow> = {}): ExceptionRow => ({
  row: 0,
  fingerprint: 'f1',
  time: at(second),
  type: 'TypeError',
  message: `x is undefined ${second}`,
  stack: `TypeError: x\n    at f (f.ts:${second}:1)`,
  version: '1.0.0',
  route: '/cart',
  user: '',
  ...more,
})

/** Error groups and their states. */
export function describeErrors(bench: Bench): void {
  const write = (exceptions: readonly ExceptionRow[], span: SpanRow = {}, writer = 0) => {
    bench
      .writer(writer)
      .spans(
        spanColumns([{ traceId: traceId(1), spanId: spanId(1), resource: resourceOf('api'), ...span }]),
        exceptions,
      )
    bench.writer(writer).commit()
  }
  const search = async (with_: Partial<ErrorSearch> = {}) =>
    (await bench.reader().errors({ ...ALWAYS, ...LIMITS, ...with_ })).items

  describe('error groups', () => {
    test('put equal exceptions together, the last seen first', async () => {
      write([exception(5, { user: 'ann' }), exception(1, { user: 'bob', version: '0.9.0' })])
      write([exception(9, { user: 'ann', version: '1.1.0' })], { resource: resourceOf('orders') }, 1)
      write([exception(3, { fingerprint: 'f2', type: 'RangeError', message: 'other' })])
      expect(await search()).toEqual([
        {
          fingerprint: 'f1',
          type: 'TypeError',
          message: 'x is undefined 9',
          services: ['api', 'orders'],
          firstSeen: at(1),
          lastSeen: at(9),
          count: 3,
          users: 2,
          firstVersion: '0.9.0',
          state: { kind: 'open' },
          trend: expect.any(Array),
        },
        expect.objectContaining({ fingerprint: 'f2', type: 'RangeError', count: 1, users: 0 }),
      ])
    })

    test('count what is in the range, and know when they were seen at all', async () => {
      write([exception(1), exception(5), exception(9)])
      write([exception(1, { fingerprint: 'f2' })])
      expect(await search({ from: at(4), to: at(9) })).toEqual([
        expect.objectContaining({ fingerprint: 'f1', count: 1, firstSeen: at(1), lastSeen: at(9) }),
      ])
    })

    test('have their occurrences in equal parts of the range', async () => {
      write([exception(1), exception(1), exception(29)])
      const [group] = await search({ from: at(0), to: at(30) })
      expect(group?.trend).toEqual(
        Array.from({ length: 30 }, (_, part) => (part === 1 ? 2 : part === 29 ? 1 : 0)),
      )
    })

    test('have the names of services that series have, and are found by them', async () => {
      const plain = resourceOf('orders')
      write([exception(5)], {
        resource: { ...plain, attributes: { ...plain.attributes, 'service.namespace': 'eu' } },
      })
      write([exception(6, { fingerprint: 'f2' })])
      const [group] = await search({ service: 'eu/orders' })
      expect(group).toMatchObject({ fingerprint: 'f1', services: ['eu/orders'] })
      const found = async (service: string) =>
        (await search({ service })).map(({ fingerprint }) => fingerprint)
      expect(await found('orders')).toEqual(['f1'])
      expect(await found('us/orders')).toEqual([])
      expect(await found('eu')).toEqual([])
      expect(await found('api')).toEqual(['f2'])
    })

    test('can be of one service', async () => {
      write([exception(1)])
      write([exception(2), exception(3, { fingerprint: 'f2' })], { resource: resourceOf('orders') })
      expect(await search({ service: 'api' })).toEqual([
        expect.objectContaining({ fingerprint: 'f1', count: 1 }),
      ])
    })

    test('have exceptions of log records too', async () => {
      const logs = logColumns([
        { body: 'one' },
        { traceId: traceId(2), spanId: spanId(2), resource: resourceOf('jobs', 'two') },
      ])
      bench.writer().logs(logs, [exception(1, { row: 1 })])
      bench.writer().commit()
      const details = await bench.reader().error('f1', ALWAYS)
      expect(details?.samples).toEqual([
        {
          time: at(1),
          message: 'x is undefined 1',
          service: 'jobs',
          instance: 'two',
          version: '1.0.0',
          route: '/cart',
          user: '',
          traceId: traceId(2),
          spanId: spanId(2),
        },
      ])
    })

    test('count an error once that a span and a log record of it tell of, wherever they are stored', async () => {
      write([exception(1), exception(2)])
      const logs = logColumns([{ traceId: traceId(1), spanId: spanId(1) }, { body: 'outside of spans' }])
      bench.writer(1).logs(logs, [exception(1), exception(2), exception(3, { row: 1 })])
      bench.writer(1).commit()
      expect(await search()).toEqual([expect.objectContaining({ fingerprint: 'f1', count: 3 })])
      const details = await bench.reader().error('f1', ALWAYS)
      expect(details?.versions).toEqual([{ version: '1.0.0', count: 3, firstSeen: at(1) }])
      expect(details?.samples.map(({ time }) => time)).toEqual([at(3), at(2), at(1)])
    })

    test('have details: stack, routes, versions, trend and the newest samples', async () => {
      write(
        Array.from({ length: 30 }, (_, n) =>
          exception(n, { route: n < 10 ? '/a' : '/b', version: n < 20 ? '1' : '2' }),
        ),
      )
      const details = await bench.reader().error('f1', { from: at(0), to: at(48) })
      expect(details).toMatchObject({
        count: 30,
        routes: [
          { service: 'api', route: '/b', count: 20 },
          { service: 'api', route: '/a', count: 10 },
        ],
        versions: [
          { version: '1', count: 20, firstSeen: at(0) },
          { version: '2', count: 10, firstSeen: at(20) },
        ],
      })
      expect(details?.stack).toContain('at f (f.ts:')
      expect(details?.trend.reduce((sum, count) => sum + count)).toBe(30)
      expect(details?.samples.map(({ time }) => time)).toEqual(
        Array.from({ length: 20 }, (_, n) => at(29 - n)),
      )
      expect(await bench.reader().error('unknown', ALWAYS)).toBeUndefined()
    })

    test('are not there after a rollback', async () => {
      bench.writer().spans(spanColumns([{}]), [exception(1)])
      bench.writer().rollback()
      expect(await search()).toEqual([])
      write([exception(2)])
      expect(await search()).toMatchObject([{ firstSeen: at(2), count: 1 }])
    })
  })

  describe('the state of an error group', () => {
    test('is resolved until it is seen again', async () => {
      write([exception(1)])
      const keeper = bench.keeper()
      await keeper.setErrorState('f1', { kind: 'resolved' }, at(5))
      expect(await search()).toMatchObject([{ state: { kind: 'resolved' } }])
      write([exception(3)])
      expect(await search()).toMatchObject([{ state: { kind: 'resolved' } }])
      write([exception(6, { version: '2.0.0' })])
      expect(await search()).toMatchObject([{ state: { kind: 'regressed' } }])
      await keeper.setErrorState('f1', { kind: 'open' }, at(7))
      expect(await search()).toMatchObject([{ state: { kind: 'open' } }])
    })

    test('is ignored for ever, or until a moment', async () => {
      write([exception(1), exception(1, { fingerprint: 'f2' }), exception(1, { fingerprint: 'f3' })])
      const keeper = bench.keeper()
      const future = 1n << 62n
      await keeper.setErrorState('f1', { kind: 'ignored', until: undefined }, at(5))
      await keeper.setErrorState('f2', { kind: 'ignored', until: future }, at(5))
      await keeper.setErrorState('f3', { kind: 'ignored', until: 5n }, at(5))
      const states = Object.fromEntries(
        (await search()).map(({ fingerprint, state }) => [fingerprint, state]),
      )
      expect(states).toEqual({
        f1: { kind: 'ignored', until: undefined },
        f2: { kind: 'ignored', until: future },
        f3: { kind: 'open' },
      })
      expect(await search({ states: ['open', 'regressed'] })).toMatchObject([{ fingerprint: 'f3' }])
    })

    test('survives a restart, and may be set before an error is known', async () => {
      await bench.keeper().setErrorState('f1', { kind: 'resolved' }, at(5))
      bench.reopen()
      write([exception(1)])
      expect(await search()).toMatchObject([
        { firstSeen: at(1), firstVersion: '1.0.0', state: { kind: 'resolved' } },
      ])
    })
  })
}
