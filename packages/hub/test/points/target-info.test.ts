import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { type Hub, metric, point, startHub } from './service.ts'

describe('target_info', () => {
  let hub: Hub
  beforeEach(async () => {
    hub = await startHub()
  })
  afterEach(() => hub.close())

  const send = (time: number, resource: Record<string, string>): void => {
    hub.send([metric('m', 'gauge', [point(time, undefined, { asInt: time })])], { resource })
  }

  test('is written every two and a half minutes', async () => {
    const resource = { 'service.name': 'shop', 'host.name': 'a' }
    for (const time of [0, 60, 120, 180, 240, 300, 360]) send(time, resource)
    expect(await hub.stored('target_info')).toEqual({
      'target_info{host_name=a,job=shop}': '0: 1, 180: 1, 360: 1',
    })
  })

  test('with other attributes ends the one before', async () => {
    send(0, { 'service.name': 'shop', 'service.version': '1' })
    send(10, { 'service.name': 'shop', 'service.version': '2' })
    send(20, { 'service.name': 'shop', 'service.version': '1' })
    expect(await hub.stored('target_info')).toEqual({
      'target_info{job=shop,service_version=1}': '0: 1, 10: stale, 20: 1',
      'target_info{job=shop,service_version=2}': '10: 1, 20: stale',
    })
  })

  test('needs a service and an attribute', async () => {
    send(0, { 'service.name': 'shop', 'service.instance.id': '1', 'service.namespace': 'x' })
    send(10, { 'host.name': 'a' })
    expect(await hub.stored('target_info')).toEqual({})
  })
})
