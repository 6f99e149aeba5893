import { describe, expect, it } from '@jest/globals'

import { maskPairs } from '../src/pairs.ts'
import { secretNames } from '../src/secret-names.ts'
import { createSecrets } from '../src/secrets.ts'

const SECRET = 'S3cr3tV4lue'

describe('a long text', () => {
  const pieces = [
    'a',
    'token',
    'token:',
    'token: ',
    '"token":"',
    '"token":[',
    '=',
    '"=',
    '%',
    '%3D',
    '>',
    '<a>',
    '--',
    '"value":',
    '"value":"',
    'name=',
    'Key (a)=(',
    'insert into a(b) values (',
  ]

  it.each(pieces)('is looked at for names in proportion to its length: %s', (piece) => {
    let asked = 0
    let characters = 0
    const count = (name: string) => {
      asked++
      characters += name.length
      return 'never' as const
    }
    const text = piece.repeat(100_000)
    maskPairs(text, { secrecyOf: count, secrecyOfParameter: count })
    expect(asked).toBeLessThanOrEqual(2 * text.length)
    expect(characters).toBeLessThanOrEqual(2 * text.length)
  })

  it.each(pieces)('is masked to its end: %s', (piece) => {
    const text = piece.repeat(100_000)
    const { mask } = createSecrets([])
    const masked = mask(`${text} password=${SECRET}`)
    expect(masked).not.toContain(SECRET)
  })
})

it('remembers no names without end', () => {
  const { secrecyOf } = secretNames([])
  for (let i = 0; i < 5_000; i++) secrecyOf(`field${i}`)
  expect(secrecyOf('secret')).toBe('texts')
  expect(secrecyOf(`password${'x'.repeat(100_000)}`)).toBe('texts')
  expect(secrecyOf(`${'x'.repeat(100_000)}_pin`)).toBe('numbers')
})
