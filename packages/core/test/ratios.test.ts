import { spawnSync } from 'node:child_process'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import { createSightline, type Sightline } from '../src/index.ts'
import { tapsOf } from '../src/taps.ts'

const CONVERSION = {
  name: 'shop_conversion_ratio',
  help: 'Visits that end in a "paid" order.',
  of: 'shop_orders_total{status="paid"}',
  to: 'shop_visits_total',
}

let sightline: Sightline

beforeEach(() => {
  sightline = createSightline({ service: 'test', log: { level: 'silent' } })
})
afterEach(() => sightline.close())

describe('a declared ratio', () => {
  it('is in a scrape as its definition, once, however often it is declared', async () => {
    sightline.metrics.ratio(CONVERSION)
    sightline.metrics.ratio({ ...CONVERSION })
    const text = await sightline.metrics.text()
    expect(text.split('\n').filter((line) => line.startsWith('metric_ratio_info{'))).toEqual([
      'metric_ratio_info{name="shop_conversion_ratio",help="Visits that end in a \\"paid\\" order.",of="shop_orders_total{status=\\"paid\\"}",to="shop_visits_total"} 1',
    ])
    const { status, stderr } = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  })

  it('is exported to destinations', async () => {
    sightline.metrics.ratio(CONVERSION)
    const exported = []
    for await (const family of tapsOf(sightline)?.metrics.families() ?? [])
      if (family.name === 'metric_ratio_info') exported.push(...family.series())
    expect(exported).toMatchObject([{ labels: CONVERSION, value: 1 }])
  })

  it('has a name that no other instrument has, and one definition', () => {
    const { metrics } = sightline
    metrics.ratio(CONVERSION)
    expect(() => metrics.ratio({ ...CONVERSION, to: 'shop_carts_total' })).toThrow(
      'metric shop_conversion_ratio is a ratio(shop_orders_total{status="paid"} / shop_visits_total) already and cannot be a ratio(shop_orders_total{status="paid"} / shop_carts_total) too: choose another name',
    )
    expect(() => metrics.gauge({ name: CONVERSION.name, help: 'Mine.' })).toThrow(/already and cannot be/)
    expect(() => metrics.ratio({ ...CONVERSION, name: 'metric_ratio_info' })).toThrow(
      "metric metric_ratio_info is one of Sightline's own: choose another name",
    )
  })

  it.each([
    'shop_orders_total',
    'shop:orders:rate5m{}',
    'orders{ status = "paid", country!~"D.|\\"x\\\\", }',
  ])('may consist of %s', (of) => {
    expect(() => sightline.metrics.ratio({ ...CONVERSION, of })).not.toThrow()
  })

  it.each([
    ['nothing', ''],
    ['a function', 'sum(shop_orders_total)'],
    ['a range', 'shop_orders_total[5m]'],
    ['an open brace', 'shop_orders_total{status="paid"'],
    ['a value without quotation marks', 'shop_orders_total{status=paid}'],
    ['a comma alone', 'shop_orders_total{,}'],
    ['an endless value', `shop_orders_total{status="${'\\'.repeat(1_000)}`],
    ['more than a label holds', `a${'b'.repeat(1_024)}`],
    ['a number', 7],
  ])('cannot consist of %s', (_, of) => {
    expect(() => sightline.metrics.ratio({ ...CONVERSION, of: of as string })).toThrow(
      /^Sightline: metrics\.ratio\(shop_conversion_ratio\)\.of is [^]*but must be a metric with or without labels/,
    )
  })

  it.each(['name', 'help', 'of', 'to'])('needs its %s', (option) => {
    const { [option as 'to']: _, ...others } = CONVERSION
    expect(() => sightline.metrics.ratio(others as typeof CONVERSION)).toThrow(
      `.${option} is missing, but must be`,
    )
  })
})
