import { describe, expect, test } from '@jest/globals'

import type { LogSearch } from '../../../src/store/search.ts'
import type { Bench } from './bench.ts'
import { ALWAYS, EVERYTHING, LIMITS, MS, START, text, writeLogs } from './samples.ts'

/** Log records as they arrive. */
export function describeTail(bench: Bench): void {
  const line = (n: number) => ({ time: START + BigInt(n) * MS, body: `line ${n}` })
  const search = (with_: Partial<LogSearch>) =>
    bench.reader().logs({ ...ALWAYS, ...LIMITS, where: EVERYTHING, ...with_ })
  const numbersOf = ({ items }: { readonly items: readonly { readonly body: unknown }[] }) =>
    items.map(({ body }) => Number(String(body).split(' ')[1]))

  describe('a live tail', () => {
    test('has what arrives after the first page, also late and from other threads', async () => {
      writeLogs(bench, [line(10), line(11)], 0)
      writeLogs(bench, [line(12)], 1)
      const first = await search({})
      expect(numbersOf(first)).toEqual([12, 11, 10])
      writeLogs(bench, [line(13), line(5)], 0)
      writeLogs(bench, [line(4)], 1)
      const second = await search({ after: first.tail })
      expect(numbersOf(second)).toEqual([4, 5, 13])
      const third = await search({ after: second.next })
      expect(numbersOf(third)).toEqual([])
      writeLogs(bench, [line(1)], 2)
      expect(numbersOf(await search({ after: third.next }))).toEqual([1])
    })

    test('begins in an empty store', async () => {
      const first = await search({})
      writeLogs(bench, [line(1)])
      expect(numbersOf(await search({ after: first.tail }))).toEqual([1])
    })

    test('neither skips nor repeats, in pages of any size, with a condition, whatever commits and restarts there are', async () => {
      let cursor = (await search({ where: text('line') })).tail
      const expected: number[] = []
      const found: number[] = []
      const follow = async (limit: number, timeMs: number) => {
        const page = await search({ after: cursor, where: text('line'), limit, timeMs })
        found.push(...numbersOf(page))
        cursor = page.next
        return page.items.length
      }
      let next = 0
      for (const size of [1, 2, 700, 1, 1, 40, 1200, 3, ...Array<number>(40).fill(2)]) {
        const numbers = Array.from({ length: size }, () => next++)
        writeLogs(bench, [...numbers.map(line), { time: START, body: 'of no interest' }], next % 2)
        expected.push(...numbers)
        if (next % 3 === 0) await follow(50, 60_000)
        if (next % 5 === 0) await follow(50, 0)
        if (size === 40) bench.reopen()
      }
      while ((await follow(333, 60_000)) > 0);
      expect(found.toSorted((a, b) => a - b)).toEqual(expected)
    })

    test('goes forward in time after the cursor of a record, and then in the order of arrival', async () => {
      writeLogs(bench, [0, 1, 2, 3, 4].map(line))
      const { items } = await search({})
      const first = await search({ after: items.at(-1)?.cursor, limit: 2 })
      expect(numbersOf(first)).toEqual([1, 2])
      const second = await search({ after: first.next, limit: 5 })
      expect(numbersOf(second)).toEqual([3, 4])
      writeLogs(bench, [line(0)], 1)
      expect(numbersOf(await search({ after: second.next, limit: 5 }))).toEqual([0])
    })
  })
}
