import { expect, it } from '@jest/globals'

import { hubWishesFrom, STEPS } from '../../src/hub/arguments.ts'
import { withSection } from '../../src/report/section.ts'

it('takes all steps where none is named', () => {
  expect(hubWishesFrom([])).toEqual({
    help: false,
    steps: STEPS,
    seconds: 5,
    spans: 1_000_000,
    logs: 1_000_000,
    data: undefined,
    profiles: undefined,
    isKept: true,
  })
})

it('takes the named steps in their order', () => {
  expect(hubWishesFrom(['--only', 'queries,spans', '--spans', '5e7', '--dry-run'])).toMatchObject({
    steps: ['queries', 'spans'],
    spans: 50_000_000,
    isKept: false,
  })
})

it.each([
  [['--only', 'speed'], "--only is 'speed', but must be one of start, spans"],
  [['--seconds', '0'], "--seconds is '0', but must be a number above 0."],
  [['--fast'], "Unknown option '--fast'. Try hub --help."],
])('says what is wrong with %j', (argv, sentence) => {
  expect(() => hubWishesFrom(argv)).toThrow(sentence)
})

it('writes a section between its markers, and only there', () => {
  const document = 'a\n<!-- bench:hub -->\nold\n<!-- /bench:hub -->\nb\n'
  expect(withSection(document, 'hub', 'new')).toBe('a\n<!-- bench:hub -->\n\nnew\n\n<!-- /bench:hub -->\nb\n')
  expect(() => withSection('a', 'hub', 'new')).toThrow('<!-- bench:hub -->')
})
