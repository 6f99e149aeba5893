import { beforeEach, describe, expect, it } from '@jest/globals'

import { type Address, createAddress } from '../../src/state/address.ts'
import { createTime, gridOf, type Time } from '../../src/state/time.ts'

const NOW = Date.UTC(2026, 0, 31, 12)
const MINUTE = 60_000
const HOUR = 60 * MINUTE

describe('the time of a page', () => {
  let address: Address
  let time: Time
  const open = (url: string) => {
    address = createAddress(url)
    time = createTime(address, NOW, () => NOW)
  }
  const length = () => time.span.value.to - time.span.value.from

  beforeEach(() => open('/'))

  it('is undone by the key that zooms out, one zoom after the other, up to the range that ends now', () => {
    time.show({ from: NOW - 40 * MINUTE, to: NOW - 20 * MINUTE })
    time.show({ from: NOW - 30 * MINUTE, to: NOW - 25 * MINUTE })
    time.zoomOut()
    expect(time.span.value).toEqual({ from: NOW - 40 * MINUTE, to: NOW - 20 * MINUTE })
    time.zoomOut()
    expect(time.last.value).toBe(HOUR)
  })

  it('shows twice as much without a zoom to undo', () => {
    open(`/?from=${NOW - 4 * HOUR}&to=${NOW - 3 * HOUR}`)
    time.zoomOut()
    expect(length()).toBe(2 * HOUR)
    expect(time.span.value.to).toBe(NOW - 2.5 * HOUR)
  })

  it('moves back to now, and ends now again', () => {
    time.tick(NOW - 800)
    time.shift(-0.5)
    expect(time.span.value.to).toBe(NOW - 800 - HOUR / 2)
    time.shift(0.5)
    expect(time.last.value).toBe(HOUR)
    expect(address.params.value.get('from')).toBeNull()
  })

  it('keeps its length when live is turned on', () => {
    time.show({ from: NOW - 3 * HOUR, to: NOW - 2.5 * HOUR })
    time.setLive(true)
    expect(time.last.value).toBe(HOUR / 2)
    expect(time.live.value).toBe(true)
  })

  it('is compared with the range before or the day before, by whole steps', () => {
    expect(time.compare.value).toBeUndefined()
    open('/?cmp=prev&r=15m')
    expect(time.compare.value).toEqual({ with: 'prev', by: 15 * MINUTE, text: '15m before' })
    open(`/?cmp=day&from=${NOW - 7 * HOUR}&to=${NOW}`)
    expect(time.compare.value?.by).toBe(24 * HOUR)
    open('/?cmp=day&r=7d')
    expect((time.compare.value?.by ?? 1) % time.grid.value.step).toBe(0)
    open('/?cmp=week')
    expect(time.compare.value).toBeUndefined()
  })

  it('has the step that was chosen, unless that gives too many points', () => {
    expect(gridOf({ from: NOW - HOUR, to: NOW }, 5_000).step).toBe(5_000)
    expect(gridOf({ from: NOW - 7 * 24 * HOUR, to: NOW }, 1_000).count).toBeLessThanOrEqual(400)
  })
})
