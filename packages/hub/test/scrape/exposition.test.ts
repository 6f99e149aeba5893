import { expect, test } from '@jest/globals'

import { createExposition } from '../../src/scrape/exposition/exposition.ts'
import type { ScrapeSettings } from '../../src/scrape/exposition/scraped.ts'
import { createMemoryWriter } from '../memory-writer.ts'
import { OPEN_METRICS } from './cases.ts'

const labels = { job: 'shop', instance: 'localhost:3000' }
const target: ScrapeSettings = {
  id: 'shop',
  labels,
  honorLabels: false,
  honorTimestamps: true,
  sampleLimit: 0,
  metricRelabel: [],
}

function setUp(limit?: number) {
  const writer = createMemoryWriter(limit)
  const exposition = createExposition(writer)
  const add = (time: number, body: string, contentType = '', settings = target) =>
    exposition.add({
      kind: 'body',
      target: settings,
      time,
      seconds: 0.25,
      body: new TextEncoder().encode(body),
      contentType,
    })
  const samples = (name: string, more = {}) => writer.find({ ...labels, __name__: name, ...more })?.samples
  return { writer, exposition, add, samples }
}

test('a series that disappears ends with a staleness marker', () => {
  const { add, samples } = setUp()
  add(1, 'a 1\nb 2\n')
  add(2, 'b 3\n')
  add(3, 'a 4\nb 5\n')
  expect(samples('a')).toEqual([
    { time: 1, value: 1 },
    { time: 2, value: 'stale' },
    { time: 3, value: 4 },
  ])
  expect(samples('b')?.map(({ value }) => value)).toEqual([2, 3, 5])
})

test('a NaN is no staleness marker', () => {
  const { add, samples } = setUp()
  add(1, 'a NaN\n')
  expect(samples('a')).toEqual([{ time: 1, value: Number.NaN }])
})

test.each([
  ['an invalid last line', 'a 7\n!\n'],
  ['a body that is not UTF-8', '\u{1F600}'],
])('all series end with a scrape that fails: %s', (_, body) => {
  const { writer, exposition, add, samples } = setUp()
  add(1, 'a 1\nb 2\n')
  // Cuts the last byte off, which the other body does not need.
  const bytes = new TextEncoder().encode(body).slice(0, -1)
  const { error } = exposition.add({
    kind: 'body',
    target,
    time: 2,
    seconds: 0,
    body: bytes,
    contentType: '',
  })
  expect(error).toMatch(/^line 2: expected a metric name, got "!"$|^the body is not valid UTF-8$/)
  expect(samples('a')).toEqual([
    { time: 1, value: 1 },
    { time: 2, value: 'stale' },
  ])
  expect(samples('b')?.at(-1)).toEqual({ time: 2, value: 'stale' })
  expect(samples('up')).toEqual([
    { time: 1, value: 1 },
    { time: 2, value: 0 },
  ])
  expect(writer.counts.outOfOrder).toBe(0)
})

test('a target that cannot be reached is down, and its series end', () => {
  const { exposition, add, samples } = setUp()
  add(1, 'a 1\n')
  exposition.add({ kind: 'failed', target, time: 2, seconds: 10 })
  expect(samples('a')?.at(-1)).toEqual({ time: 2, value: 'stale' })
  expect(samples('up')?.at(-1)).toEqual({ time: 2, value: 0 })
  expect(samples('scrape_samples_scraped')?.at(-1)).toEqual({ time: 2, value: 0 })
  expect(samples('scrape_duration_seconds')?.at(-1)?.value).toBeGreaterThanOrEqual(10)
})

test('the series of a removed target end, those of the scrapes too', () => {
  const { exposition, add, samples } = setUp()
  add(1, 'a 1\n')
  exposition.add({ kind: 'removed', target, time: 2 })
  for (const name of ['a', 'up', 'scrape_series_added'])
    expect(samples(name)?.at(-1)).toEqual({ time: 2, value: 'stale' })
})

test('a series goes on where the settings of its target change', () => {
  const { add, samples } = setUp()
  add(1, 'a 1\nb 1\n')
  const settings: ScrapeSettings = {
    ...target,
    metricRelabel: [
      {
        action: 'drop',
        sourceLabels: ['__name__'],
        separator: ';',
        regex: 'b',
        targetLabel: '',
        replacement: '$1',
        modulus: 0,
      },
    ],
  }
  add(2, 'a 2\nb 2\n', '', settings)
  expect(samples('a')?.map(({ value }) => value)).toEqual([1, 2])
  expect(samples('b')?.map(({ value }) => value)).toEqual([1, 'stale'])
})

test('what exceeds the limit of series of a job is left out, and stored when there is room', () => {
  const { writer, add } = setUp(3)
  const { added, kept } = add(1, 'a 1\nb 2\nc 3\nd 4\n')
  expect({ added, kept }).toEqual({ added: 3, kept: 4 })
  add(2, 'a 1\nb 2\nc 3\nd 4\n')
  // d and the five series of the scrape, twice.
  expect(writer.counts.overLimit.get('shop')).toBe(12)
  expect(writer.written.map(({ labels: { __name__ } }) => __name__)).toEqual(['a', 'b', 'c'])
})

test('white space before a name is ignored, as the format says', () => {
  const { add, samples } = setUp()
  expect(add(1, '  a 1\n\tb{x="1"} 2\n').error).toBe('')
  expect(samples('a')).toEqual([{ time: 1, value: 1 }])
})

test('a sample far in the future is left out', () => {
  const { add, samples } = setUp()
  const now = 1_700_000_000_000
  add(now, `a 1 ${now + 600_001}\nb 1 ${now + 600_000}\n`)
  expect(samples('a')).toBeUndefined()
  expect(samples('b')).toEqual([{ time: now + 600_000, value: 1 }])
})

test('metadata is stored under the name of the series, in both formats', () => {
  const text = setUp()
  text.add(
    1,
    '# HELP a_total All \\\\ of\\nthem\n# TYPE a_total counter\na_total 1\n# TYPE b summary\nb_count 1\n',
  )
  expect([...text.writer.metadataOf]).toEqual([
    ['a_total', { type: 'counter', help: 'All \\ of\nthem', unit: '' }],
    ['b', { type: 'summary', help: '', unit: '' }],
  ])
  const open = setUp()
  open.add(
    1,
    '# TYPE a_seconds counter\n# UNIT a_seconds seconds\n# HELP a_seconds A \\"b\\"\n# TYPE i info\n# TYPE g gaugehistogram\n# EOF\n',
    OPEN_METRICS,
  )
  expect([...open.writer.metadataOf]).toEqual([
    ['a_seconds_total', { type: 'counter', help: 'A "b"', unit: 'seconds' }],
    ['i', { type: 'gauge', help: '', unit: '' }],
    ['g', { type: 'unknown', help: '', unit: '' }],
  ])
})

test('a change of the metadata is stored', () => {
  const { writer, add } = setUp()
  add(1, '# HELP a old\na 1\n')
  add(2, '# HELP a new\n# TYPE a gauge\na 1\n')
  expect(writer.metadataOf.get('a')).toEqual({ type: 'gauge', help: 'new', unit: '' })
})

test('each exemplar is stored once, with the time of the scrape where it has none', () => {
  const { writer, add } = setUp()
  const first = 'a_total 1 # {trace_id="1",span_id="2"} 0.5 1.5\nb_total 1 # {trace_id="3"} 7\n# EOF\n'
  add(1_000, first, OPEN_METRICS)
  add(2_000, first, OPEN_METRICS)
  add(3_000, 'a_total 1 # {trace_id="4"} 0.5\nb_total 1\n# EOF\n', OPEN_METRICS)
  expect(writer.find({ ...labels, __name__: 'a_total' })?.exemplars).toEqual([
    { labels: { trace_id: '1', span_id: '2' }, value: 0.5, time: 1_500 },
    { labels: { trace_id: '4' }, value: 0.5, time: 3_000 },
  ])
  expect(writer.find({ ...labels, __name__: 'b_total' })?.exemplars).toHaveLength(1)
})

test('an exemplar whose labels are too long is left out, and its sample is not', () => {
  const { writer, add } = setUp()
  add(1, `a_total 1 # {trace_id="${'1'.repeat(121)}"} 1\n# EOF\n`, OPEN_METRICS)
  expect(writer.find({ ...labels, __name__: 'a_total' })).toMatchObject({
    samples: [{ value: 1 }],
    exemplars: [],
  })
})

test('a label named __proto__ is a label', () => {
  const { writer, add } = setUp()
  add(1, 'a{__proto__="x",constructor="y"} 1\n')
  expect(Object.entries(writer.written[0]?.labels ?? {})).toContainEqual(['__proto__', 'x'])
})

test('targets with the same names of series do not share them', () => {
  const { writer, add } = setUp()
  const other = { ...target, id: 'other', labels: { job: 'other', instance: 'x' } }
  add(1, 'a 1\n')
  add(1, 'a 2\n', '', other)
  add(2, 'b 1\n')
  expect(writer.find({ ...other.labels, __name__: 'a' })?.samples).toEqual([{ time: 1, value: 2 }])
})

test('an error says the line and what is wrong', () => {
  const { add } = setUp()
  expect(add(1, 'a 1\nb{x="1"} one\n').error).toBe('line 2: expected a value after the metric, got "one"')
  expect(add(2, 'a 1\n\nb{x} 1\n').error).toBe('line 3: expected "=" after the label name x')
  expect(add(3, 'a{x="1",x="2"} 1\n').error).toBe('line 1: label name "x" is not unique')
  expect(add(4, 'a 1\n', OPEN_METRICS).error).toBe('line 2: data does not end with # EOF')
})
