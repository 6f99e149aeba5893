import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import { createSightline, type Sightline } from '../src/index.ts'
import { violations } from './exposition-rules.ts'

let sightline: Sightline
let lines: Array<{ readonly msg: string; readonly err?: { readonly message: string } }>

beforeEach(() => {
  lines = []
  sightline = createSightline({
    service: 'test',
    log: { destination: { write: (line) => lines.push(JSON.parse(line)) } },
    metrics: { runtime: false, host: false, maxSeries: 3 },
  })
})
afterEach(() => sightline.close())

const samples = async (prefix: string) =>
  (await sightline.metrics.text()).split('\n').filter((line) => line.startsWith(prefix))

/** An instrument as code without types uses it. */
type Untyped = Record<'inc' | 'dec' | 'set' | 'observe', (...args: readonly unknown[]) => void>
const untyped = (instrument: object) => instrument as unknown as Untyped

const WRONG_VALUES: ReadonlyArray<readonly [string, unknown]> = [
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['-Infinity', Number.NEGATIVE_INFINITY],
  ['a text', '5'],
  ['a BigInt', 5n],
  ['null', null],
  ['a date', new Date()],
  ['a list', []],
  ['true', true],
  ['a symbol', Symbol('five')],
  ['a function', () => 5],
]

describe('a value that is no number', () => {
  const methods = [
    ['a counter', 'counter', 'inc', 'x_total'],
    ['a gauge', 'gauge', 'set', 'x_total'],
    ['a gauge', 'gauge', 'inc', 'x_total'],
    ['a gauge', 'gauge', 'dec', 'x_total'],
    ['a histogram', 'histogram', 'observe', 'x_total_sum'],
    ['a summary', 'summary', 'observe', 'x_total_sum'],
  ] as const
  const cases = methods.flatMap(([what, kind, method, series]) =>
    WRONG_VALUES.map(([shown, wrong]) => ({ what, kind, method, series, shown, wrong })),
  )

  it.each(cases)('is left out: $shown of $what by $method', async ({ kind, method, series, wrong }) => {
    const plain = untyped(sightline.metrics[kind]({ name: 'x_total', help: 'X.' }))
    const labelled = untyped(sightline.metrics[kind]({ name: 'y_total', help: 'Y.', labels: ['of'] }))
    plain[method](2)
    plain[method](wrong)
    labelled[method]({ of: 'a' }, 2)
    labelled[method]({ of: 'a' }, wrong)
    labelled[method]({ of: 'b' }, wrong)
    const left = method === 'dec' ? -2 : 2
    expect(await samples(`${series} `)).toEqual([`${series} ${left}`])
    const ofLabelled = series.replace('x', 'y')
    expect(await samples(`${ofLabelled}{`)).toEqual([`${ofLabelled}{of="a"} ${left}`])
    expect(lines.map(({ msg }) => msg)).toEqual([
      expect.stringContaining('metric x_total failed'),
      expect.stringContaining('metric y_total failed'),
    ])
  })

  it('is left out where there has to be one', async () => {
    const stock = untyped(sightline.metrics.gauge({ name: 'stock', help: 'S.', labels: ['of'] }))
    stock.set({ of: 'a' }, 7)
    stock.set({ of: 'a' })
    stock.set({ of: 'a' }, undefined)
    expect(await samples('stock{')).toEqual(['stock{of="a"} 7'])
    const sizes = untyped(sightline.metrics.histogram({ name: 'sizes', help: 'S.' }))
    sizes.observe()
    expect(await samples('sizes_count')).toEqual(['sizes_count 0'])
  })
})

it('leaves out what is negative, wherever a sum may only grow', async () => {
  const { metrics } = sightline
  metrics.counter({ name: 'c_total', help: 'C.' }).inc(-1)
  metrics.histogram({ name: 'h', help: 'H.' }).observe(-1)
  metrics.summary({ name: 's', help: 'S.' }).observe(-1)
  metrics.gauge({ name: 'g', help: 'G.' }).set(-1)
  const text = await metrics.text('openmetrics')
  expect(text).toMatch(/^c_total 0$/m)
  expect(text).toMatch(/^h_sum 0$/m)
  expect(text).toMatch(/^s_sum 0$/m)
  expect(text).toMatch(/^g -1$/m)
  expect(violations(text, 'openmetrics')).toEqual([])
  expect(lines).toHaveLength(3)
  expect(lines[0]?.err?.message).toBe(
    'its value is -1, but must be a finite number from 0 on: it was left out',
  )
})

describe('a label set', () => {
  const wrong: ReadonlyArray<readonly [string, unknown]> = [
    ['is empty', {}],
    ['is missing', undefined],
    ['is a number', 5],
    ['is a text', 'paid'],
    ['is null', null],
    ['holds undefined', { status: undefined }],
    ['holds null', { status: null }],
    ['holds an object', { status: { code: 1 } }],
    ['holds a list', { status: ['paid'] }],
    ['holds a symbol', { status: Symbol('paid') }],
    ['has another label', { colour: 'red' }],
    ['has one label too many', { status: 'paid', colour: 'red' }],
    [
      'throws',
      new Proxy(
        {},
        {
          ownKeys() {
            throw new Error('no')
          },
        },
      ),
    ],
  ]
  it.each(wrong)('makes no series where it %s, and one warning', async (_, labels) => {
    const orders = untyped(
      sightline.metrics.counter({ name: 'orders_total', help: 'O.', labels: ['status'] }),
    )
    for (let i = 0; i < 3; i++) orders.inc(labels)
    orders.inc({ status: 'paid' })
    expect(await samples('orders_total{')).toEqual(['orders_total{status="paid"} 1'])
    expect(await samples('orders_total ')).toEqual([])
    expect(lines).toHaveLength(1)
  })

  it('is one series, whether its values are given as numbers or as texts', async () => {
    const codes = untyped(
      sightline.metrics.counter({ name: 'codes_total', help: 'C.', labels: ['code', 'ok'] }),
    )
    codes.inc({ code: 1, ok: true })
    codes.inc({ ok: 'true', code: '1' })
    expect(await samples('codes_total{')).toEqual(['codes_total{code="1",ok="true"} 2'])
  })

  it('stays what it was when it was given, whatever becomes of the object', async () => {
    const orders = sightline.metrics.counter({ name: 'orders_total', help: 'O.', labels: ['status'] })
    const labels = { status: 'paid' }
    orders.inc(labels)
    labels.status = 'lost'
    expect(await samples('orders_total{')).toEqual(['orders_total{status="paid"} 1'])
  })

  it.each([['|'], ['\u0000'], ['"'], [',']])('is no other one for a %j in its values', async (separator) => {
    const moves = sightline.metrics.counter({ name: 'moves_total', help: 'M.', labels: ['from', 'to'] })
    moves.inc({ from: `a${separator}b`, to: 'c' })
    moves.inc({ from: 'a', to: `b${separator}c` })
    const shown = await samples('moves_total{')
    // Either both are there, or one is refused with a warning: never the one's count in the other's series.
    expect(shown.map((line) => line.slice(-2))).toEqual(shown.map(() => ' 1'))
    expect(shown.length + lines.length).toBe(2)
  })

  it('has values of 1,024 characters at most, with a mark, and says so once', async () => {
    const visits = sightline.metrics.counter({ name: 'visits_total', help: 'V.', labels: ['path'] })
    visits.inc({ path: `${'x'.repeat(1_023)}😀${'y'.repeat(5_000)}` })
    visits.inc({ path: 'z'.repeat(100_000) })
    visits.inc({ path: 'a'.repeat(1_024) })
    expect(await samples('visits_total{')).toEqual([
      `visits_total{path="${'x'.repeat(1_023)}…"} 1`,
      `visits_total{path="${'z'.repeat(1_024)}…"} 1`,
      `visits_total{path="${'a'.repeat(1_024)}"} 1`,
    ])
    expect(lines.map(({ msg }) => msg)).toEqual([expect.stringMatching(/metric visits_total .* label path/)])
  })
})

it('says once that an instrument has reached its cap, with its name', async () => {
  const visits = sightline.metrics.counter({ name: 'visits_total', help: 'V.', labels: ['user'] })
  for (let user = 0; user < 3; user++) visits.inc({ user })
  expect(lines).toEqual([])
  for (let user = 0; user < 9; user++) visits.inc({ user })
  for (let job = 0; job < 9; job++) sightline.job(`job-${job}`, () => {})
  expect(lines.flatMap(({ msg }) => (msg.includes('label sets') ? [msg] : []))).toEqual([
    'sightline: metric visits_total has 3 label sets, as many as it may have: others are counted in its series overflow',
    expect.stringContaining('metric jobs_in_progress has 3 label sets'),
    expect.stringContaining('metric job_duration_seconds has 3 label sets'),
  ])
})

describe('an instrument is not made, and one sentence says why,', () => {
  type Kind = 'counter' | 'gauge' | 'histogram' | 'summary'
  const KINDS = ['counter', 'gauge', 'histogram', 'summary'] as const
  const make = (kind: Kind, config: unknown) => () => sightline.metrics[kind](config as never)

  it.each(KINDS)('where its name, help or labels are wrong: %s', (kind) => {
    for (const config of [
      undefined,
      { help: 'X.' },
      { name: '', help: 'X.' },
      { name: 'a-b', help: 'X.' },
      { name: '1st', help: 'X.' },
      { name: 5, help: 'X.' },
      { name: 'x' },
      { name: 'x', help: '' },
      { name: 'x', help: 5 },
      { name: 'x', help: 'X.', labels: 'status' },
      { name: 'x', help: 'X.', labels: ['a-b'] },
      { name: 'x', help: 'X.', labels: ['le'] },
      { name: 'x', help: 'X.', labels: ['quantile'] },
      { name: 'x', help: 'X.', labels: ['__name__'] },
      { name: 'x', help: 'X.', labels: ['a', 'a'] },
      { name: 'x', help: 'X.', labelNames: ['a'] },
    ]) {
      expect(make(kind, config)).toThrow(/^Sightline: metrics\.\w+(?:\(\w+\))?(?:\.\w+)? (?:is|does not)/)
    }
    expect(make(kind, { name: 'x', help: 'X.', labels: ['a'] })).not.toThrow()
  })

  it.each([
    [[]],
    [[1, 1]],
    [[2, 1]],
    [[Number.NaN]],
    [[1, Number.POSITIVE_INFINITY]],
    [[-1, 1]],
    [['1']],
    [5],
  ])('where the buckets of a histogram are %j', (buckets) => {
    expect(make('histogram', { name: 'x', help: 'X.', buckets })).toThrow(
      /^Sightline: metrics\.histogram\(x\)\.buckets is .*, but must be a list of ascending numbers/,
    )
  })

  it.each([
    { percentiles: [1.5] },
    { percentiles: [-0.1] },
    { percentiles: [Number.NaN] },
    { percentiles: [0.5, 0.5] },
    { percentiles: ['0.5'] },
    { maxAgeSeconds: 0 },
    { maxAgeSeconds: Number.POSITIVE_INFINITY },
    { maxAgeSeconds: '60' },
  ])('where a summary is made with %j', (settings) => {
    expect(make('summary', { name: 'x', help: 'X.', ...settings })).toThrow(
      /^Sightline: metrics\.summary\(x\)\./,
    )
  })

  it('and the name is free for a right one afterwards', async () => {
    expect(make('histogram', { name: 'x', help: 'X.', buckets: [2, 1] })).toThrow('buckets')
    sightline.metrics.histogram({ name: 'x', help: 'X.', buckets: [1, 2] }).observe(1)
    expect(await samples('x_count')).toEqual(['x_count 1'])
  })
})
