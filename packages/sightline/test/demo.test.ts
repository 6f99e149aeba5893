import { join } from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { createShop } from '../src/demo/shop.ts'
import { cli, startCli } from './cli.ts'
import { temporaryFolder } from './folder.ts'

const NOW = Date.parse('2026-01-31T12:00:00Z')
const MINUTE = 60_000

describe('the shop', () => {
  test('is the same at the same time, however its telemetry is cut', () => {
    const [whole, parts] = [createShop(NOW), createShop(NOW)]
    const all = whole.until(NOW)
    const counts = [25, 12, 5, 0].map((minutes) => parts.until(NOW - minutes * MINUTE).requests)
    expect(counts.reduce((sum, each) => sum + each, 0)).toBe(all.requests)
    expect(JSON.stringify(createShop(NOW).until(NOW))).toBe(JSON.stringify(all))
  })

  test('has other ids at another time', () => {
    const idsOf = (now: number) =>
      new Set(JSON.stringify(createShop(now).until(now - 29 * MINUTE)).match(/(?<="traceId":")\w+/g))
    const first = idsOf(NOW)
    expect(first.size).toBeGreaterThan(50)
    const second = idsOf(NOW + 1)
    expect([...first].filter((id) => second.has(id))).toEqual([])
  })
})

describe('sightline demo', () => {
  test('starts a hub, and tells it of the incident', async () => {
    await using folder = await temporaryFolder()
    const demo = startCli(['demo', '--port', '0', '--data', join(folder.path, 'data')])
    const [, url = ''] = await demo.says(/Sightline is at (http:\S+)\./)
    const [, count = ''] = await demo.says(/Sending the last half hour of a shop \.\.\. (\d+) requests/)
    await demo.says(/until Ctrl-C/)
    const ask = async (expression: string): Promise<Record<string, number>> => {
      const { out } = await cli('ask', expression, '--json', '--hub', url)
      const { result } = JSON.parse(out) as {
        result: Array<{ metric: Record<string, string>; value: [number, string] }>
      }
      return Object.fromEntries(
        result.map(({ metric, value }) => [Object.values(metric).join(' '), Number(value[1])]),
      )
    }

    const served = await ask('sum by (job) (increase(http_server_request_duration_seconds_count[29m]))')
    expect(Object.keys(served).toSorted()).toEqual(['orders', 'payments', 'shop-web'])
    expect(served['shop-web']).toBeGreaterThan(Number(count) / 2)
    expect(await ask('sum by (status) (shop_orders_total) > 0')).toMatchObject({
      paid: expect.any(Number),
      declined: expect.any(Number),
      failed: expect.any(Number),
    })
    expect(await ask('sum(shop_revenue_euros_total)')).toEqual({ '': expect.any(Number) })
    // 1.4.2 is the release that failed, and is gone.
    const failures =
      'http_server_request_duration_seconds_count{job="payments",http_response_status_code="500"}'
    const version = 'group by (instance, service_version) (last_over_time(target_info[29m]))'
    const failing = `sum by (service_version) (last_over_time(${failures}[29m]) * on (instance) group_left (service_version) ${version})`
    expect(Object.keys(await ask(failing))).toEqual(['1.4.2'])
    expect(Object.keys(await ask('count by (service_version) (target_info{job="payments"})'))).toEqual([
      '1.4.1',
    ])

    expect(await ask('count by (name, of, to) (metric_ratio_info)')).toEqual({
      'shop_conversion_ratio shop_orders_total{status="paid"} shop_visits_total': 2,
    })
    const rolledOut = 'count by (service_version) (last_over_time(target_info{job="payments"}[29m]))'
    // One of two processes was updated, and then replaced once more.
    expect(await ask(rolledOut)).toEqual({ '1.4.1': 3, '1.4.2': 1 })

    const locked = await cli('logs', 'error:QueryTimeoutError', '--limit', '1', '--json', '--hub', url)
    const { traceId: lockedTrace } = JSON.parse(locked.out) as { traceId: string }
    const errors = await cli(
      'logs',
      `trace:${lockedTrace} service:shop-web route:/checkout level:error`,
      '--limit',
      '1',
      '--json',
      '--hub',
      url,
    )
    const { traceId, attributes } = JSON.parse(errors.out) as {
      traceId: string
      attributes: Record<string, unknown>
    }
    expect(attributes).toMatchObject({
      'exception.type': 'CheckoutError',
      'exception.stacktrace': expect.stringContaining('checkout.js'),
    })
    const { out: tree } = await cli('trace', traceId, '--hub', url)
    for (const name of [
      'shop-web POST /checkout',
      'orders POST /orders',
      'payments POST /payments',
      'payments pg-pool.connect',
      'payments SELECT payments',
    ])
      expect(tree).toContain(name)
    expect(tree).toContain('✗ Query read timeout after 2000 ms')

    demo.kill('SIGINT')
    expect(await demo.ended()).toMatchObject({ code: 0, err: '' })
  })
})
