import { expect, test } from '@jest/globals'

import { createFingerprints, fingerprintOf } from '../../src/ingest/derive/exceptions/fingerprint.ts'
import { applicationFrames } from '../../src/ingest/derive/exceptions/frames.ts'
import { withoutValues } from '../../src/ingest/derive/exceptions/message.ts'
import { stacks } from './stacks.ts'

test.each([
  ['Order 4711 not found', 'Order <n> not found'],
  ['took 12.5ms, limit -3, at 1e9', 'took <n>ms, limit <n>, at <n>'],
  ['user 5f0f3c1e-8f5a-4c7e-9f57-7c3b0f7f1a2b is gone', 'user <id> is gone'],
  ['no object 507f1f77bcf86cd799439011', 'no object <hex>'],
  ['address 0x7ffeefbff5c8', 'address <hex>'],
  ['customer cus_NffrFeUfNV2H1b has no card', 'customer <id> has no card'],
  ['key 01J9ZC3T8Q', 'key <id>'],
  [
    `Cannot read properties of undefined (reading 'id')`,
    'Cannot read properties of undefined (reading <text>)',
  ],
  ['invalid input syntax for type uuid: "abc"', 'invalid input syntax for type uuid: <text>'],
  ["can't open, won't close", "can't open, won't close"],
  ['mail to ann.b+c@shop.example failed', 'mail to <mail> failed'],
  ['GET https://api.example/v1/x?a=1 failed', 'GET <url> failed'],
  ['connect ECONNREFUSED 127.0.0.1:5432', 'connect ECONNREFUSED <n>'],
  ['a\n  b\tc ', 'a b c'],
  ['a decade of facades', 'a decade of facades'],
])('the message %j is compared as %j', (message, text) => {
  expect(withoutValues(message)).toBe(text)
})

test('messages that differ in a date are equal', () => {
  const [first, second] = ['2026-11-28T12:34:56.789Z', '2025-01-02T01:02:03.004Z'].map((date) =>
    withoutValues(`late since ${date}`),
  )
  expect(first).toBe(second)
})

test.each(['"', 'a@', '1.', 'a1', 'x://y', "'a", 'a_', '-1'])(
  'a hostile message of %j is cut off, and read in time',
  (piece) => {
    expect(withoutValues(piece.repeat(100_000)).length).toBeLessThan(5_000)
  },
)

test.each(stacks)(
  'the top frames of the application are found in a stack of $language',
  ({ stack, frames }) => {
    expect(applicationFrames(stack, 3).map((frame) => `${frame.function} ${frame.file}`)).toEqual(frames)
  },
)

test('a stack of this very process is read', () => {
  const [frame] = applicationFrames(new Error('here').stack ?? '', 1)
  expect(frame?.file).toBe('derive/fingerprint.test.ts')
})

test.each([
  '    at ' + ' ('.repeat(100_000),
  `at ${'a.'.repeat(100_000)}(`,
  '@'.repeat(100_000),
  'at x\n'.repeat(100_000),
  `File "${'/'.repeat(100_000)}`,
])('a hostile stack is read in time (case %#)', (stack) => {
  expect(applicationFrames(stack, 3).length).toBeLessThanOrEqual(3)
})

const stack = stacks[0]?.stack ?? ''

test('lines, columns, folders, values and upgraded libraries do not change a fingerprint', () => {
  const moved = stack
    .replaceAll('/app/src/', '/home/ann/shop/src/')
    .replaceAll(/:\d+:\d+/g, ':9:99')
    .replaceAll('express/lib/router/layer.js', 'express/lib/other.js')
  expect(moved).not.toBe(stack)
  expect(fingerprintOf('TypeError', 'no order 5', moved)).toBe(
    fingerprintOf('TypeError', 'no order 4711', stack),
  )
})

test('another type, message, function or file changes it', () => {
  const fingerprints = [
    fingerprintOf('TypeError', 'no order', stack),
    fingerprintOf('RangeError', 'no order', stack),
    fingerprintOf('TypeError', 'no cart', stack),
    fingerprintOf('TypeError', 'no order', stack.replaceAll('loadOrder', 'loadCart')),
    fingerprintOf('TypeError', 'no order', stack.replaceAll('orders.ts', 'carts.ts')),
    fingerprintOf('TypeError', 'no order', ''),
  ]
  expect(new Set(fingerprints).size).toBe(fingerprints.length)
})

test('version 1 of the algorithm gives what it gave before', () => {
  const before = fingerprintOf(
    'TypeError',
    'no order 4711',
    'TypeError: no order\n    at load (/app/src/orders.ts:1:2)',
  )
  expect(before).toBe('1-349c0cec27c3958a')
})

test('remembered fingerprints are the same ones', () => {
  const remembered = createFingerprints()
  for (let n = 0; n < 2_500; n++) remembered(`E${n}`, '', '')
  for (const type of ['E0', 'E2499']) expect(remembered(type, '', '')).toBe(fingerprintOf(type, '', ''))
})
