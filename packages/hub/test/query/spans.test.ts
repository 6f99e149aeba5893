import { describe, expect, test } from '@jest/globals'

import { explained } from '../../src/query/spans/explain.ts'
import { heatmapOf } from '../../src/query/spans/heatmap.ts'

const MS = 1_000_000n

describe('the heatmap', () => {
  const points = (...rows: ReadonlyArray<readonly [start: number, duration: number, failed?: number]>) => ({
    starts: Float64Array.from(rows, ([start]) => start),
    durations: Float64Array.from(rows, ([, duration]) => duration),
    failed: Uint8Array.from(rows, ([, , failed = 0]) => failed),
    complete: true,
  })
  const range = { from: 0n, to: 100n * MS, columns: 10, rows: 3 }

  test('has each span in the column of its start and the row of its duration', () => {
    const heat = heatmapOf(points([0, 1], [5, 9], [15, 90, 1], [99.9, 1_000]), range)
    expect(heat['start']).toBe('0')
    expect(heat['width']).toBe('10000000')
    const bounds = (heat['bounds'] as string[]).map((bound) => Number(bound) / 1e6)
    expect(bounds.map(Math.round)).toEqual([1, 10, 100, 1_000])
    expect((heat['counts'] as number[][])[0]).toEqual([2, 0, 0])
    expect((heat['counts'] as number[][])[1]).toEqual([0, 1, 0])
    expect((heat['counts'] as number[][])[9]).toEqual([0, 0, 1])
    expect((heat['failed'] as number[][])[1]).toEqual([0, 1, 0])
  })

  test('counts every span once, whatever its duration', () => {
    const rows = Array.from(
      { length: 5_000 },
      (_, n) => [(n * 7) % 100, n === 0 ? 0 : (n * 37) % 10_007] as const,
    )
    const heat = heatmapOf(points(...rows), { ...range, rows: 24 })
    expect((heat['counts'] as number[][]).flat().reduce((sum, count) => sum + count, 0)).toBe(5_000)
  })

  test('has rows without spans, and where all spans are equal', () => {
    for (const heat of [heatmapOf(points(), range), heatmapOf(points([1, 5], [2, 5]), range)]) {
      const bounds = (heat['bounds'] as string[]).map(Number)
      expect(bounds).toHaveLength(4)
      expect(bounds.every((bound, at) => at === 0 || bound > (bounds[at - 1] ?? 0))).toBe(true)
    }
  })
})

describe('an attribute that is explained', () => {
  test('ranks by the share that differs, the more frequent values first', () => {
    const found = explained(
      'version',
      [
        { value: '1.4.1', inside: 0, outside: 90 },
        { value: '1.4.2', inside: 20, outside: 10 },
      ],
      { inside: 20, outside: 100 },
    )
    expect(found.score).toBeCloseTo(0.9)
    expect(found.values).toEqual([
      { value: '1.4.2', inside: 20, outside: 10, insideShare: 1, outsideShare: 0.1 },
      { value: '1.4.1', inside: 0, outside: 90, insideShare: 0, outsideShare: 0.9 },
    ])
  })

  test('has no score where both sides are alike, and none without spans', () => {
    const values = [{ value: 'a', inside: 1, outside: 5 }]
    expect(explained('x', values, { inside: 1, outside: 5 }).score).toBe(0)
    expect(explained('x', [], { inside: 0, outside: 0 }).score).toBe(0)
  })
})
