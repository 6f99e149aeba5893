import { describe, expect, it } from '@jest/globals'

import { continueTrace, startTrace, traceparentOf } from '../src/trace-context.ts'
import { CarriedState } from '../src/trace-state.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const SPAN = 'b7ad6b7169203331'
const VALID = `00-${TRACE}-${SPAN}-01`

describe('a traceparent header', () => {
  it.each([
    ['version 00', VALID, true],
    ['not sampled', `00-${TRACE}-${SPAN}-00`, false],
    ['sampled, with an id that is random', `00-${TRACE}-${SPAN}-03`, true],
    ['not sampled, with an id that is random', `00-${TRACE}-${SPAN}-02`, false],
    ['unknown flags beside sampled', `00-${TRACE}-${SPAN}-ff`, true],
    ['unknown flags without sampled', `00-${TRACE}-${SPAN}-fe`, false],
    ['a later version', `cc-${TRACE}-${SPAN}-01`, true],
    ['a later version with more behind it', `cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`, true],
  ])('is continued: %s', (_, header, sampled) => {
    expect(continueTrace({ traceparent: header })).toMatchObject({ traceId: TRACE, parentId: SPAN, sampled })
  })

  it.each([
    ['00', '00'],
    ['01', '01'],
    ['02', '02'],
    ['03', '03'],
    ['ff', '03'],
    ['fc', '00'],
  ])('says the same of sampling and of chance where it leaves: %s', (flags, sent) => {
    const trace = continueTrace({ traceparent: `00-${TRACE}-${SPAN}-${flags}` })
    expect(traceparentOf(trace)).toBe(`00-${TRACE}-${trace.spanId}-${sent}`)
  })

  it('is read from a list with one value', () => {
    expect(continueTrace({ traceparent: [VALID] })).toMatchObject({ traceId: TRACE, parentId: SPAN })
  })

  it.each([
    ['empty', ''],
    ['forbidden version ff', `ff-${TRACE}-${SPAN}-01`],
    ['version 00 with more behind it', `${VALID}-extra`],
    ['a later version with more and no dash', `cc-${TRACE}-${SPAN}-01.what`],
    ['upper case in the trace id', `00-${TRACE.toUpperCase()}-${SPAN}-01`],
    ['upper case in the parent id', `00-${TRACE}-${SPAN.toUpperCase()}-01`],
    ['an all-zero trace id', `00-${'0'.repeat(32)}-${SPAN}-01`],
    ['an all-zero parent id', `00-${TRACE}-${'0'.repeat(16)}-01`],
    ['a trace id that is too short', `00-${TRACE.slice(1)}-${SPAN}-01`],
    ['a parent id that is too long', `00-${TRACE}-${SPAN}0-01`],
    ['flags that are too short', `00-${TRACE}-${SPAN}-1`],
    ['flags that are not hexadecimal', `00-${TRACE}-${SPAN}-0x`],
    ['a version that is not hexadecimal', `.0-${TRACE}-${SPAN}-01`],
    ['underscores for dashes', VALID.replaceAll('-', '_')],
    ['upper case in the flags', `00-${TRACE}-${SPAN}-0A`],
    ['upper case in the version', `CC-${TRACE}-${SPAN}-01`],
    ['a trace id that is too long', `00-${TRACE}0-${SPAN}-01`],
    ['a parent id that is too short', `00-${TRACE}-${SPAN.slice(1)}-01`],
    ['flags that are too long', `00-${TRACE}-${SPAN}-001`],
    ['a trace id that is not hexadecimal', `00-${TRACE.slice(1)}.-${SPAN}-01`],
    ['version 00 with a dash behind it', `${VALID}-`],
    ['a version without the rest', '00'],
    ['a character beyond ASCII', VALID.replace('b', '\u0662')],
    ['space in front', ` ${VALID}`],
    ['space behind', `${VALID} `],
    ['two values', `${VALID}, ${VALID}`],
    ['nothing but dashes', '-'.repeat(55)],
  ])('restarts the trace: %s', (_, header) => {
    const trace = continueTrace({ traceparent: header })
    expect(trace.traceId).not.toBe(TRACE)
    expect(trace).toMatchObject({ parentId: undefined, sampled: false, state: undefined })
    expect(trace.traceId).toMatch(/^[0-9a-f]{32}$/)
  })

  it('restarts the trace where it came more than once', () => {
    expect(continueTrace({ traceparent: [VALID, VALID] }).parentId).toBeUndefined()
  })
})

describe('a tracestate header', () => {
  const stateOf = (tracestate: string | string[]) => continueTrace({ traceparent: VALID, tracestate }).state

  it.each([
    ['one member', 'foo=1', 'foo=1'],
    ['spaces and tabs around members', 'foo=1 \t , \t bar=2', 'foo=1,bar=2'],
    ['empty members', 'foo=1,,bar=2,', 'foo=1,bar=2'],
    ['a tenant', 'fw529a3039@dt=FfIyNDI2ODE', 'fw529a3039@dt=FfIyNDI2ODE'],
    ['32 members', members(32), members(32)],
    [
      '512 characters, which everybody has to pass on',
      `foo=${'v'.repeat(254)},b=${'w'.repeat(251)}`,
      `foo=${'v'.repeat(254)},b=${'w'.repeat(251)}`,
    ],
    ['the longest key', `${'z'.repeat(256)}=1`, `${'z'.repeat(256)}=1`],
    [
      'the longest tenant and vendor',
      `${'t'.repeat(241)}@${'v'.repeat(14)}=1`,
      `${'t'.repeat(241)}@${'v'.repeat(14)}=1`,
    ],
    ['spaces within a value', 'foo=a b', 'foo=a b'],
    ['every character that a key may have', 'a_-*/0@=1', 'a_-*/0@=1'],
    ['a key that begins with a digit', '0foo=1', '0foo=1'],
    ['a key that ends with an at sign', 'foo@=1', 'foo@=1'],
    ['several at signs', 'foo@@bar@baz=1', 'foo@@bar@baz=1'],
    ['a tenant as long as a key', `${'t'.repeat(242)}@v=1`, `${'t'.repeat(242)}@v=1`],
    ['a vendor as long as a key', `t@${'v'.repeat(254)}=1`, `t@${'v'.repeat(254)}=1`],
    ['the first of the same key', 'foo=1,bar=2,foo=3', 'foo=1,bar=2'],
    ['the longest value', `foo=${'v'.repeat(256)}`, `foo=${'v'.repeat(256)}`],
  ])('is passed on: %s', (_, header, expected) => {
    expect(stateOf(header)).toBe(expected)
  })

  it('joins the headers that came more than once, in order', () => {
    expect(stateOf(['foo=1', 'bar=2'])).toBe('foo=1,bar=2')
  })

  it.each([
    ['33 members', members(33)],
    ['a value that is too long', `foo=${'v'.repeat(257)}`],
    ['a tab within a value', 'foo=a\tb'],
    ['space before the equals sign', 'foo =1'],
    ['a character beyond ASCII', 'foo=\u00fc'],
    ['an upper-case key', 'FOO=1'],
    ['a key without a value', 'foo'],
    ['an empty value', 'foo='],
    ['an equals sign in a value', 'foo=bar=baz'],
    ['a key that is too long', `${'z'.repeat(257)}=1`],
    ['a key that begins with an at sign', '@foo=1,bar=2'],
    ['a dot in a key', 'foo.bar=1'],
    ['no key', '=1'],
    ['a value that ends in space beside others', 'foo=1,bar= '],
    ['a space of another kind around a member', '\u00a0foo=1'],
    ['a malformed member that has come before', 'foo=1,foo=\u00fc'],
    ['more than can be read', `${'a'.repeat(200)}=${'v'.repeat(200)},`.repeat(21)],
    ['nothing', ''],
  ])('is dropped: %s', (_, header) => {
    expect(stateOf(header)).toBeUndefined()
  })

  it('is dropped without a traceparent', () => {
    expect(continueTrace({ tracestate: 'foo=1' }).state).toBeUndefined()
  })
})

it('says of its own ids that they are random', () => {
  expect(traceparentOf(startTrace())).toMatch(/-02$/)
})

describe("OpenTelemetry's view of a list", () => {
  const state = new CarriedState('foo=1,t@v=2')

  it('is the list', () => {
    expect([state.get('foo'), state.get('t@v'), state.get('fo')]).toEqual(['1', '2', undefined])
    expect(state.serialize()).toBe('foo=1,t@v=2')
    expect(new CarriedState('').get('foo')).toBeUndefined()
  })

  it('can be changed, what was changed last first', () => {
    expect(state.set('own', '3').serialize()).toBe('own=3,foo=1,t@v=2')
    expect(state.set('t@v', '3').serialize()).toBe('t@v=3,foo=1')
    expect(state.unset('foo').serialize()).toBe('t@v=2')
    expect(state.unset('foo').unset('t@v').set('a', 'b').serialize()).toBe('a=b')
    expect(state.serialize()).toBe('foo=1,t@v=2')
  })

  it.each([
    ['FOO', '1'],
    ['', '1'],
    ['a=b', '1'],
    ['a', ''],
    ['a', 'b,c=d'],
    ['a', 'b=c'],
  ])('is not changed by what would make it malformed: %s %s', (key, value) => {
    expect(state.set(key, value).serialize()).toBe('foo=1,t@v=2')
  })

  it('has 32 members at most', () => {
    expect(new CarriedState(members(32)).set('own', '1').serialize().split(',')).toHaveLength(32)
  })
})

it('makes the receiver a child of the sender', () => {
  const trace = startTrace()
  const received = continueTrace({ traceparent: traceparentOf(trace) })
  expect(received).toMatchObject({ traceId: trace.traceId, parentId: trace.spanId })
})

it('never makes the same id twice', () => {
  const ids = Array.from({ length: 10_000 }, () => startTrace())
  expect(new Set(ids.map(({ traceId }) => traceId)).size).toBe(10_000)
  expect(new Set(ids.map(({ spanId }) => spanId)).size).toBe(10_000)
})

function members(count: number): string {
  return Array.from({ length: count }, (_, i) => `k${i}=v`).join(',')
}
