import { describe, expect, test } from '@jest/globals'
import { Matcher, Pattern } from '@sightline/promql'

const TEXTS = [
  '',
  'a',
  'b',
  'ab',
  'a|b',
  'a.b',
  'axb',
  'a b',
  'a\\',
  '{a}',
  'a-b',
  '/a/:id',
  'eu/shop',
  'a\n',
]

describe('a choice of texts matches what its regular expression does', () => {
  test.each([
    ['a', ['a']],
    ['a|b', ['a', 'b']],
    ['a|b|a', ['a', 'b']],
    ['a\\|b|ab', ['a|b', 'ab']],
    ['a\\.b', ['a.b']],
    ['a\\\\|\\{a\\}', ['a\\', '{a}']],
    ['a-b|a b|/a/:id|eu/shop', ['a-b', 'a b', '/a/:id', 'eu/shop']],
  ])('%s', (expression, texts) => {
    const matcher = new Matcher('label', '=~', expression)
    expect([...(matcher.choice ?? [])]).toEqual(texts)
    const pattern = new Pattern(expression)
    const refusing = new Matcher('label', '!~', expression)
    for (const text of TEXTS) {
      expect([text, matcher.matches(text)]).toEqual([text, pattern.matches(text)])
      expect([text, refusing.matches(text)]).toEqual([text, !pattern.matches(text)])
    }
  })
})

test.each(['a.b', 'a|', '|a', '', 'a.*', '(a|b)', '[ab]', 'a\\d', 'a||b', '^a$', 'a?'])(
  '%s is not a choice of texts, and is matched as a regular expression',
  (expression) => {
    const matcher = new Matcher('label', '=~', expression)
    expect(matcher.choice).toBeUndefined()
    const pattern = new Pattern(expression)
    for (const text of TEXTS) expect([text, matcher.matches(text)]).toEqual([text, pattern.matches(text)])
  },
)

test('an equality has no choice', () => {
  expect(new Matcher('label', '=', 'a|b').choice).toBeUndefined()
  expect(new Matcher('label', '=', 'a|b').matches('a|b')).toBe(true)
})
