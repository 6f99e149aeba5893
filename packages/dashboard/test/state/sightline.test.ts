import { expect, test } from '@jest/globals'

import { createAddress } from '../../src/state/address.ts'
import { createSightline } from '../../src/state/sightline.ts'
import { createTime } from '../../src/state/time.ts'

const MINUTE = 60_000
const NOW = Date.parse('2026-01-31T12:00:00Z')

function page(url = '/services/payments') {
  const address = createAddress(url)
  const time = createTime(address, NOW, () => NOW)
  return { address, time, sightline: createSightline(address, time) }
}

test('points at the nearest moment of the grid', () => {
  const { sightline, time } = page()
  sightline.point(NOW - 10 * MINUTE - 9_000, 'chart')
  expect(sightline.at.value).toBe(NOW - 10 * MINUTE)
  expect(sightline.over.value).toBe('chart')
  const { start, step } = time.grid.value
  expect(start + (sightline.index.value ?? 0) * step).toBe(NOW - 10 * MINUTE)
  sightline.point(NOW + MINUTE)
  expect(sightline.at.value).toBe(NOW)
  sightline.point(null)
  expect(sightline.at.value).toBeNull()
  expect(sightline.index.value).toBeNull()
})

test('pins the moment into the address, shows it when nothing is pointed at, and releases it', () => {
  const { sightline, address } = page()
  sightline.pin()
  expect(address.params.value.has('at')).toBe(false)
  sightline.point(NOW - 10 * MINUTE)
  sightline.pin()
  expect(address.params.value.get('at')).toBe(String(NOW - 10 * MINUTE))
  sightline.point(NOW - 5 * MINUTE)
  expect([sightline.at.value, sightline.isPinned.value]).toEqual([NOW - 5 * MINUTE, false])
  sightline.point(null)
  expect([sightline.at.value, sightline.isPinned.value]).toEqual([NOW - 10 * MINUTE, true])
  sightline.release()
  expect([sightline.at.value, address.params.value.has('at')]).toEqual([null, false])
})

test('releases the pinned moment when it is pinned again', () => {
  const { sightline, address } = page()
  for (let times = 0; times < 2; times++) {
    sightline.point(NOW - 10 * MINUTE)
    sightline.pin()
  }
  expect(address.params.value.has('at')).toBe(false)
})

test('moves a pinned moment of an address to the grid, but not one outside of the range', () => {
  expect(page(`/?at=${NOW - 10 * MINUTE + 7_000}`).sightline.at.value).toBe(NOW - 10 * MINUTE)
  const outside = page(`/?at=${NOW - 120 * MINUTE + 7_000}`).sightline
  expect([outside.at.value, outside.index.value]).toEqual([NOW - 120 * MINUTE + 7_000, null])
  expect(page('/?at=now').sightline.at.value).toBeNull()
})
