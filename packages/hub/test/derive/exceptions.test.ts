import { expect, test } from '@jest/globals'

import { createDerivation } from '../../src/ingest/derive/derivation.ts'
import { logColumns, spanColumns, type TestLog } from './requests.ts'

const TIME = 1_700_000_000_123
const orders = { 'service.name': 'orders', 'service.version': '1.2.0' }

const exceptionsOf = (log: TestLog) => {
  const derivation = createDerivation()
  derivation.logs(logColumns(orders, [{}, log]))
  return derivation.exceptions()
}

const told = {
  type: 'RangeError',
  message: 'too many',
  stack: 'RangeError: too many\n    at f (/app/src/a.js:1:2)',
}
const attributes = {
  'exception.type': told.type,
  'exception.message': told.message,
  'exception.stacktrace': told.stack,
}

test('an event of a span is an exception, with the route of the span and the version of the service', () => {
  const derivation = createDerivation()
  derivation.spans(
    spanColumns(orders, [
      { events: [{ name: 'message', attributes }] },
      {
        name: 'GET /orders/:id',
        attributes: { 'http.route': '/orders/:id', 'enduser.id': 'u7' },
        events: [{ name: 'retry' }, { name: 'exception', time: TIME, attributes }],
      },
      {
        name: 'job',
        events: [{ name: 'exception', attributes: { 'exception.message': 'other', 'user.id': 8 } }],
      },
      { events: [{ name: 'exception', attributes: { 'exception.type': 'Quiet' } }, { name: 'exception' }] },
    ]),
  )
  expect(derivation.exceptions()).toEqual([
    {
      row: 1,
      fingerprint: expect.stringMatching(/^1-[\da-f]{16}$/),
      time: 1_700_000_000_123_000_000n,
      ...told,
      version: '1.2.0',
      route: '/orders/:id',
      user: 'u7',
    },
    expect.objectContaining({ row: 2, type: 'Error', message: 'other', route: 'job', user: '8' }),
    expect.objectContaining({ row: 3, type: 'Quiet', message: '', stack: '' }),
  ])
  derivation.spans(spanColumns('orders', [{}]))
  expect(derivation.exceptions()).toEqual([])
})

test.each<[string, TestLog]>([
  ['attributes of the semantic conventions', { attributes }],
  ["an err object of pino's", { attributes: { err: told } }],
  [
    'an err object with more in it',
    { attributes: { err: { ...told, code: 'E1', cause: { message: 'x' } } } },
  ],
  [
    'an error object',
    { attributes: { error: { name: told.type, message: told.message, stack: told.stack } } },
  ],
  ['an err object as JSON text', { attributes: { err: JSON.stringify(told) } }],
  [
    'flat names',
    { attributes: { 'err.type': told.type, 'err.message': told.message, 'err.stack': told.stack } },
  ],
  ['a body that is an object', { body: { msg: 'failed', err: told } }],
  [
    'a type in the stack alone',
    { attributes: { 'exception.message': told.message, 'exception.stacktrace': told.stack } },
  ],
])('a log record tells of an exception by %s', (_, log) => {
  const [exception, ...more] = exceptionsOf({ time: TIME, ...log })
  expect(exception).toEqual({
    row: 1,
    fingerprint: expect.any(String),
    time: 1_700_000_000_123_000_000n,
    ...told,
    version: '1.2.0',
    route: '',
    user: '',
  })
  expect(more).toEqual([])
})

test('an exception has the same fingerprint however it is told', () => {
  const ways = [{ attributes: { err: told } }, { attributes }, { body: { err: told } }]
  expect(new Set(ways.map((log) => exceptionsOf(log)[0]?.fingerprint)).size).toBe(1)
})

test('the route and the user of a log record are told', () => {
  const log = { attributes: { err: told, route: '/a', 'user.id': 'u1' } }
  expect(exceptionsOf(log)).toMatchObject([{ route: '/a', user: 'u1' }])
})

test.each<[string, TestLog]>([
  ['no attributes', { body: 'an error occurred' }],
  ['an error that is a text', { attributes: { error: 'boom', err: 'ECONNREFUSED' } }],
  ['an error that is a flag', { attributes: { error: true } }],
  ['broken JSON', { attributes: { err: '{"message":"x"' } }],
  ['an object without an error in it', { attributes: { err: { code: 5 } }, body: { error: { code: 5 } } }],
  ['an object with other types', { attributes: { err: { message: 5, stack: {} } } }],
  ['a type of something else', { attributes: { 'err.type': 'x' } }],
])('a log record with %s tells of none', (_, log) => {
  expect(exceptionsOf(log)).toEqual([])
})
