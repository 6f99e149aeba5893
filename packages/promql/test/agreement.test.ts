import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { type PrometheusServer, remoteWrite, startPrometheus } from '@sightline/servers'

import { Comparison } from './agreement.ts'
import { dataset } from './data.ts'
import { AGGREGATIONS, HISTOGRAMS } from './expressions/aggregations.ts'
import { MATCHING, OPERATORS } from './expressions/binaries.ts'
import { MALFORMED, REFUSED } from './expressions/errors.ts'
import { ELEMENTWISE, LABELS } from './expressions/functions.ts'
import { OVER_TIME, SUBQUERIES } from './expressions/ranges.ts'
import { RANGES, SELECTORS } from './expressions/selectors.ts'
import { randomExpressions } from './random-expressions.ts'

let prometheus: PrometheusServer
let comparison: Comparison

beforeAll(async () => {
  prometheus = await startPrometheus([], { remoteWrite: true })
  await remoteWrite(prometheus.url, dataset())
  comparison = new Comparison(prometheus.url)
})

afterAll(() => prometheus?.stop())

/** All tables of expressions; of those that are refused, the sentences as well. */
const GROUPS = Object.entries({
  selectors: SELECTORS,
  ranges: RANGES,
  'functions of values': ELEMENTWISE,
  'functions of labels': LABELS,
  'functions over ranges': OVER_TIME,
  subqueries: SUBQUERIES,
  aggregations: AGGREGATIONS,
  histograms: HISTOGRAMS,
  operators: OPERATORS,
  matching: MATCHING,
  'wrong types': REFUSED,
  'expressions of chance': randomExpressions(2023, 200),
})

describe.each(GROUPS)('agrees with Prometheus on %s:', (_, expressions) => {
  it.each([...new Set(expressions)])('%s', async (expression) => {
    expect(await comparison.differences(expression)).toEqual([])
  })
})

it.each([
  { start: 1_000, end: 0, step: 1_000 },
  { start: 0, end: 1_000, step: 0 },
  { start: 0, end: 1_000, step: -1_000 },
  { start: 0, end: 11_001_000, step: 1_000 },
  { start: 0, end: 11_000_000, step: 1_000 },
  { start: 0, end: 11_000_999, step: 1_000 },
])('agrees with Prometheus on the limits of a range: %j', async (range) => {
  expect(await comparison.rangeDifference('vector(1)', range)).toBeUndefined()
})

describe('refuses what Prometheus refuses:', () => {
  it.each(MALFORMED)('%s', async (expression) => {
    expect(await comparison.differences(expression, true)).toEqual([])
  })
})
