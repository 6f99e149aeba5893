import { expect, test } from '@jest/globals'

import { durationText, periodText, sizeText } from '../src/text/quantities.ts'
import { table } from '../src/text/table.ts'
import { jsonLine, paletteOf, plain } from '../src/text/terminal.ts'

const HOSTILE = [
  '\u001b[2J\u001b[H',
  '\u001b]0;title\u0007',
  '\u001b]8;;http://evil\u0007link\u001b]8;;\u0007',
  '\u009b31m',
  '\rforged line\n',
  '\u0008\u0008',
  '\u202eright to left',
  '\u0000',
  '\u001b',
]

test.each(HOSTILE)('%j does not reach a terminal', (text) => {
  expect(plain(`before ${text} after`)).toMatch(/^before [\x20-\x7e⏎]* after$/)
  expect(jsonLine({ text })).toMatch(/^[\x20-\x7e]*\n$/)
  expect(JSON.parse(jsonLine({ text }))).toEqual({ text })
})

test('text without control characters is what it was', () => {
  expect(plain('Grüße aus 東京 🚲')).toBe('Grüße aus 東京 🚲')
})

test('colours are for terminals that want them', () => {
  expect(paletteOf({ isTTY: true }, {}).red('x')).toBe('\u001b[31mx\u001b[0m')
  expect(paletteOf({ isTTY: true }, { NO_COLOR: '1' }).red('x')).toBe('x')
  expect(paletteOf({}, {}).red('x')).toBe('x')
})

test('numbers are aligned to the right, texts to the left', () => {
  expect(
    table([
      ['1', 'a'],
      ['12.5', 'bc'],
    ]),
  ).toBe('   1  a\n12.5  bc\n')
})

test('quantities have units', () => {
  expect([0, 999, 1_500, 42_000_000, 5e9].map(sizeText)).toEqual([
    '0 B',
    '999 B',
    '1.5 kB',
    '42.0 MB',
    '5.0 GB',
  ])
  expect([410_000n, 38_000_000n, 1_240_000_000n].map(durationText)).toEqual(['410 µs', '38 ms', '1.24 s'])
  expect([14 * 86_400_000, 90 * 60_000, 3_600_000, 250].map(periodText)).toEqual([
    '14 days',
    '90 minutes',
    '1 hour',
    '250 milliseconds',
  ])
})
