import { afterAll, expect, it } from '@jest/globals'

import { hostOf } from '../src/adapter/index.ts'
import { createSightline } from '../src/index.ts'

const sightline = createSightline({ service: 'test', log: { level: 'silent' } })
afterAll(() => sightline.close())

it('keeps what only adapters need out of the members of a Sightline', () => {
  const members = Object.keys(hostOf(sightline))
  expect(members).toContain('observe')
  expect(members.filter((name) => name in sightline)).toEqual([])
})

it('says so where it is no Sightline that is asked for its host', () => {
  expect(() => hostOf({ observe() {} })).toThrow(
    new TypeError('Sightline: hostOf needs a Sightline, which createSightline() makes'),
  )
})
