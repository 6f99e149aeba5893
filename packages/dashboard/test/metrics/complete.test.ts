import { describe, expect, test } from '@jest/globals'
import { parse } from '@sightline/promql'

import { expressionOf, metricsOf, unitOfExpression } from '../../src/pages/metrics/catalog.ts'
import { completed, contextAt, metricOf, suggestionsOf } from '../../src/pages/metrics/complete.ts'

/** The context at the `|` of a text. */
const at = (marked: string) => contextAt(marked.replace('|', ''), marked.indexOf('|'))

describe('the place of the cursor', () => {
  test.each([
    ['sum(http_re|', { kind: 'name', word: 'http_re' }],
    ['ra|', { kind: 'name', word: 'ra' }],
    ['http_requests_total{|', { kind: 'label', word: '', metric: 'http_requests_total' }],
    ['rate(http_requests_total{job="a", st|', { kind: 'label', word: 'st', metric: 'http_requests_total' }],
    [
      'http_requests_total{job="sh|',
      { kind: 'value', word: 'sh', label: 'job', metric: 'http_requests_total' },
    ],
    ['{job=~"a}(\\"|', { kind: 'value', word: 'a}(\\"', label: 'job' }],
    [
      'sum by (|) (rate(http_requests_total[5m]))',
      { kind: 'label', word: '', metric: 'http_requests_total' },
    ],
    ['sum(rate(http_requests_total[5|', { kind: 'range', word: '5' }],
    ['label_replace(up, "dst|', { kind: 'none' }],
    ['up > 1|', { kind: 'none' }],
  ])('%s', (marked, context) => expect(at(marked)).toMatchObject(context))
})

test('suggests what begins like the word before what contains it', () => {
  const found = [
    ['node_rate', 'gauge'],
    ['rate_limit_total', 'counter'],
  ] as const
  expect(suggestionsOf(at('rat|'), found).map(({ text }) => text)).toEqual([
    'rate_limit_total',
    'rate',
    'node_rate',
    'irate',
  ])
  expect(suggestionsOf(at('|'), found)).toEqual([])
})

test('writes a suggestion in the place of the word, and escapes values', () => {
  const [function_] = suggestionsOf(at('histogram_q|'), [])
  expect(function_ && completed('1 + histogram_q / 2', 15, at('1 + histogram_q|'), function_)).toEqual([
    '1 + histogram_quantile( / 2',
    23,
  ])
  const context = at('up{job="|')
  const [value] = suggestionsOf(context, [['a"b', '']])
  expect(value && completed('up{job="', 8, context, value)[0]).toBe('up{job="a\\"b')
})

test('finds the metric that an expression is about', () => {
  expect(metricOf('sum by (job) (rate(http_requests_total{status="x_y"}[5m]))')).toBe('http_requests_total')
  expect(metricOf('sum(1)')).toBeUndefined()
})

describe('the catalog', () => {
  const catalog = new Map([
    ['wait_seconds', { type: 'histogram', help: 'Waits.', unit: 's' }],
    ['orders_total', { type: 'counter', help: 'Orders.', unit: '' }],
    ['heap_bytes', { type: 'gauge', help: 'Heap.', unit: 'By' }],
    ['cpu_seconds_total', { type: 'counter', help: 'CPU.', unit: 's' }],
  ])

  test('joins the series of a histogram, and keeps series without metadata', () => {
    const names = [
      'wait_seconds_bucket',
      'wait_seconds_sum',
      'wait_seconds_count',
      'job:orders:rate5m',
      'heap_bytes',
    ]
    expect(metricsOf(names, catalog).map(({ name, type }) => [name, type])).toEqual([
      ['heap_bytes', 'gauge'],
      ['job:orders:rate5m', ''],
      ['wait_seconds', 'histogram'],
    ])
  })

  test('tells a histogram without metadata by its buckets', () => {
    const names = ['hub_wait_seconds_bucket', 'hub_wait_seconds_count', 'hub_wait_seconds_sum']
    expect(metricsOf(names, catalog)).toEqual([
      { name: 'hub_wait_seconds', type: 'histogram', help: '', unit: '' },
    ])
  })

  test('makes expressions that are PromQL, with their units', () => {
    const unit = (text: string) => unitOfExpression(text, catalog)
    const units = metricsOf([...catalog.keys()], catalog).map((metric) => {
      const text = expressionOf(metric)
      parse(text)
      return [metric.name, unit(text)]
    })
    expect(units).toEqual([
      ['cpu_seconds_total', 'number'],
      ['heap_bytes', 'B'],
      ['orders_total', '/s'],
      ['wait_seconds', 's'],
    ])
    expect(unit('rate(wait_seconds_count[5m])')).toBe('/s')
    expect(unit('count(heap_bytes)')).toBe('number')
    expect(unit('heap_bytes / orders_total')).toBe('number')
    expect(unit('unknown')).toBe('number')
  })
})
