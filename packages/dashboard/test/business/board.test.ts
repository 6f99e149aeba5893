import { describe, expect, test } from '@jest/globals'
import { parse } from '@sightline/promql'

import { prefixOf, titleOf, unitOf, unitPer } from '../../src/format/metrics.ts'
import { boardOf, type Instrument, moved, savedBoard } from '../../src/pages/business/instruments.ts'
import { chartQuery, stockQuery, totalQuery } from '../../src/pages/business/queries.ts'

const instrument = (name: string, more: Partial<Instrument> = {}): Instrument => ({
  name,
  type: name.endsWith('_total') ? 'counter' : 'gauge',
  unit: '',
  help: '',
  jobs: ['shop'],
  labels: [],
  business: true,
  ratio: null,
  ...more,
})
const CONVERSION = instrument('shop_conversion_ratio', {
  ratio: { of: 'shop_orders_total{status="paid"}', to: 'shop_visits_total' },
})
const SHOP = [
  instrument('shop_active_users'),
  instrument('shop_visits_total'),
  instrument('shop_revenue_euros_total', { unit: '{EUR}' }),
  instrument('shop_orders_total', { labels: ['status'] }),
  instrument('process_cpu_seconds_total', { business: false }),
  CONVERSION,
]
const names = (of: readonly Instrument[]) => of.map(({ name }) => name)

describe('the board', () => {
  test('has the business instruments only, and pins the most important ones until people do', () => {
    const { pinned, others } = boardOf(SHOP, {})
    expect(names(pinned)).toEqual(['shop_conversion_ratio', 'shop_revenue_euros_total', 'shop_orders_total'])
    expect(names(others)).toEqual(['shop_visits_total', 'shop_active_users'])
    expect(boardOf(SHOP, { pins: [] }).pinned).toEqual([])
  })

  test('keeps what was saved, without what is gone, and adds what is new at the end', () => {
    const saved = {
      pins: ['shop_active_users', 'shop_gone_total'],
      order: ['shop_visits_total', 'shop_active_users'],
      ratios: [{ name: 'Orders per visit', of: 'shop_orders_total', to: 'shop_visits_total' }],
    }
    const { pinned, others } = boardOf(SHOP, saved)
    expect(names(pinned)).toEqual(['shop_active_users'])
    expect(names(others)).toEqual([
      'shop_visits_total',
      'Orders per visit',
      'shop_conversion_ratio',
      'shop_revenue_euros_total',
      'shop_orders_total',
    ])
  })

  test('passes over what was saved in another shape', () => {
    expect(
      [null, 7, 'x', [], { pins: 'all', order: [1], ratios: 'no', route: ['a'] }].map(savedBoard),
    ).toEqual([{}, {}, {}, {}, {}])
    const saved = {
      pins: ['a'],
      ratios: [{ name: 'r', of: 'a', to: 'b' }],
      route: ['shop', 'POST', '/orders'],
    }
    expect(savedBoard({ ...saved, ratios: [...saved.ratios, { name: 'r' }, null], more: 1 })).toEqual(saved)
  })

  test('moves an instrument before another one, to the end, and into the other section', () => {
    const board = boardOf(SHOP, {})
    expect(
      moved(board, 'shop_orders_total', { section: 'pinned', before: 'shop_conversion_ratio' }).pins,
    ).toEqual(['shop_orders_total', 'shop_conversion_ratio', 'shop_revenue_euros_total'])
    expect(moved(board, 'shop_conversion_ratio', { section: 'others' })).toEqual({
      pins: ['shop_revenue_euros_total', 'shop_orders_total'],
      order: ['shop_visits_total', 'shop_active_users', 'shop_conversion_ratio'],
    })
  })
})

describe('queries', () => {
  const kinds: Instrument[] = [
    ...SHOP,
    instrument('shop_order_value_euros', { type: 'histogram' }),
    instrument('shop_wait_seconds', { type: 'summary' }),
    instrument('shop_inventory_items', { labels: ['sku'] }),
  ]
  test('are PromQL for all kinds of instruments', () => {
    for (const each of kinds)
      for (const before of [0, 604_800_000]) {
        parse(chartQuery(each, { step: 20_000, before }))
        const total = totalQuery(each, 3_600)
        if (total !== undefined) parse(total)
      }
    parse(stockQuery('shop_inventory_items', 'sku'))
  })

  test('compare a counter with the same time before', () => {
    expect(chartQuery(instrument('visits_total'), { step: 20_000, before: 86_400_000 })).toBe(
      'label_replace(60 * sum (rate(visits_total[120s])), "figure", "now", "", "") or ' +
        'label_replace(60 * sum (rate(visits_total[120s] offset 86400s)), "figure", "before", "", "")',
    )
  })
})

describe('names and units', () => {
  test('come from the unit that was sent, else from the name', () => {
    expect(unitOf('shop_revenue_euros_total', '{EUR}')).toBe('EUR')
    expect(unitOf('shop_revenue_euros_total')).toBe('EUR')
    expect(unitOf('shop_wait_seconds', 's')).toBe('s')
    expect(unitOf('shop_orders_total', '{order}')).toBe('number')
    expect(unitOf('cache_hit_ratio', '1')).toBe('ratio')
    expect([unitPer('number', 'min'), unitPer('EUR', 'min'), unitPer('B', 's')]).toEqual([
      '/min',
      'EUR/min',
      'B/s',
    ])
  })

  test('are words without what all have in common', () => {
    const prefix = prefixOf(names(SHOP.filter(({ business }) => business)))
    expect(prefix).toBe('shop_')
    expect(titleOf('shop_active_users', prefix)).toBe('Active users')
    expect(titleOf('shop_revenue_euros_total', prefix)).toBe('Revenue')
    expect(titleOf('shop_inventory_items', prefix)).toBe('Inventory')
    expect(titleOf('Orders per visit', prefix)).toBe('Orders per visit')
    expect(prefixOf(['visits_total', 'orders_total'])).toBe('')
    expect(prefixOf(['shop_visits_total'])).toBe('')
  })
})
