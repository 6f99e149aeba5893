import { describe, expect, test } from '@jest/globals'

import { labelName, metricName, numberText } from '../../src/ingest/points/naming/names.ts'

type Kind = Parameters<typeof metricName>[0]['kind']

const gauge = (name: string, unit = ''): Parameters<typeof metricName>[0] => ({
  name,
  unit,
  kind: 'gauge',
  monotonic: false,
})
const counter = (name: string, unit = ''): Parameters<typeof metricName>[0] => ({
  name,
  unit,
  kind: 'sum',
  monotonic: true,
})

describe('names of metrics are those of Prometheus', () => {
  test.each([
    [counter('requests'), 'requests_total'],
    [counter('requests_total'), 'requests_total'],
    [counter('total.requests'), 'requests_total'],
    [counter('items', '1'), 'items_total'],
    [counter('cpu_seconds_total', 's'), 'cpu_seconds_total'],
    [counter('requests', '1/s'), 'requests_per_second_total'],
    [counter('system.io', 'foo/bar'), 'system_io_foo_per_bar_total'],
    [gauge('cpu_usage', '1'), 'cpu_usage_ratio'],
    [gauge('cpu_usage_ratio', '1'), 'cpu_usage_ratio'],
    [gauge('response_time', 'ms'), 'response_time_milliseconds'],
    [gauge('response_time_seconds', 's'), 'response_time_seconds'],
    [gauge('memory.usage', 'By'), 'memory_usage_bytes'],
    [gauge('throughput', 'By/s'), 'throughput_bytes_per_second'],
    [gauge('requests', '1/s'), 'requests_per_second'],
    [gauge('broken', '1/'), 'broken'],
    [gauge('broken', '/s'), 'broken_per_second'],
    [gauge('custom_metric', 'custom_unit'), 'custom_metric_custom_unit'],
    [gauge('custom_metric', '{custom}'), 'custom_metric'],
    [gauge('custom_metric', 'By/{custom}'), 'custom_metric_bytes'],
    [gauge('custom_metric', 'unit@with#special/chars'), 'custom_metric_unit_with_special_per_chars'],
    [
      gauge('metric__with__multiple__underscores', 'unit__multiple__underscores'),
      'metric_with_multiple_underscores_unit_multiple_underscores',
    ],
    [gauge('active.connections', '{connection}'), 'active_connections'],
    [gauge('nodejs.eventloop.utilization', '1'), 'nodejs_eventloop_utilization_ratio'],
    [gauge('1st.metric'), '_1st_metric'],
    [gauge('_private:colon'), 'private:colon'],
    [gauge('métrique', '%'), 'm_trique_percent'],
    [gauge('@#$%'), undefined],
    [gauge(''), undefined],
  ])('%j is %s', (metric, name) => {
    expect(metricName(metric)).toBe(name)
  })

  test.each<[Kind, boolean]>([
    ['sum', false],
    ['histogram', false],
    ['exponential', false],
    ['summary', false],
  ])('a %s that is not monotonic has neither `_total` nor `_ratio`', (kind, monotonic) => {
    expect(metricName({ name: 'size', unit: '1', kind, monotonic })).toBe('size')
  })
})

test.each([
  ['http.route', 'http_route'],
  ['a..b', 'a__b'],
  ['123', 'key_123'],
  ['_private', 'key_private'],
  ['__reserved__', '__reserved__'],
  ['ключ', undefined],
  ['🦊a', 'key_a'],
  ['', undefined],
])('the attribute %j is the label %s', (key, name) => {
  expect(labelName(key)).toBe(name)
})

test.each([
  [0, '0'],
  [1, '1'],
  [0.005, '0.005'],
  [-2.5, '-2.5'],
  [1e21, '1000000000000000000000'],
  [1.5e21, '1500000000000000000000'],
  [1.234e-7, '0.0000001234'],
  [-1e-7, '-0.0000001'],
  [1e-10, '0.0000000001'],
  [Infinity, '+Inf'],
  [-Infinity, '-Inf'],
])('the bound %d is written %s', (bound, text) => {
  expect(numberText(bound)).toBe(text)
})
