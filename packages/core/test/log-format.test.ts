import { describe, expect, it } from '@jest/globals'

import { createSightline } from '../src/index.ts'
import { Application, type Line, type Loose, Observed } from './own-pino.ts'

class Money {
  readonly amount = 5
  toString() {
    return `${this.amount} EUR`
  }
}

/** What an application may put into a place of a format. */
const VALUES: Record<string, () => unknown> = {
  text: () => 'a %s b',
  number: () => 3.7,
  'not a number': () => Number.NaN,
  bigint: () => 12_345_678_901_234_567_890n,
  boolean: () => true,
  null: () => null,
  undefined: () => undefined,
  symbol: () => Symbol('s'),
  error: () => new TypeError('card declined'),
  'error with fields': () => Object.assign(new Error('no'), { code: 'E_NO', cause: new Error('below') }),
  date: () => new Date(0),
  'invalid date in a list': () => [new Date(Number.NaN)],
  url: () => new URL('https://shop.test/a?b=1'),
  'class with toString': () => new Money(),
  'class with toPrimitive': () => ({
    [Symbol.toPrimitive]: (hint: string) => (hint === 'number' ? 9.5 : hint),
  }),
  'class with toJSON': () => ({ toJSON: () => ({ shown: [1] }) }),
  'class with valueOf': () => ({ valueOf: () => 41.9 }),
  list: () => [1, 'two', { three: 3n }],
  object: () => ({ a: { b: [null, undefined, true] }, big: 9_007_199_254_740_993n }),
  circle: () => {
    const circle: Line = { a: 1 }
    circle.self = circle
    return circle
  },
  map: () => new Map([['a', 1]]),
  function: () => function named() {},
  'anonymous function': () => () => {},
  regexp: () => /a+/g,
  bytes: () => Buffer.from('ab'),
}

const FORMATS = [
  '%s',
  '%d',
  '%i',
  '%f',
  '%j',
  '%o',
  '%O',
  '%c',
  '%%',
  '%',
  '%x %s',
  'a %s b %% c %',
  '%d%s',
  '%s %s %j',
]

describe('the text of a format', () => {
  it.each(Object.entries(VALUES))('is that of pino where a value is: %s', (_, value) => {
    const { logger, texts: written } = new Application({ base: null })
    const plain = logger as unknown as Loose
    const kit = new Observed({ base: null })
    const expected: unknown[] = []
    for (const format of FORMATS) {
      for (const args of [
        [format, value()],
        [{ a: 1 }, format, value(), 7],
        [format, 1, value(), value()],
      ]) {
        let text: unknown
        try {
          plain.info(...args)
          text = (JSON.parse(written.at(-1) ?? '') as Line).msg
        } catch {
          // pino throws: the kit must not.
          text = expect.any(String)
        }
        expected.push(text)
        kit.log.info(...args)
      }
    }
    const texts = kit.texts.map((each) => (JSON.parse(each) as Line).msg)
    expect(texts).toEqual(expected)
  })

  it('has the secrets of values masked, in the kit’s own log as well', () => {
    const texts: string[] = []
    const own = createSightline({
      log: { pretty: false, destination: { write: (text) => texts.push(text) } },
    })
    const kit = new Observed()
    for (const log of [own.log as unknown as Loose, kit.log]) {
      log.info('%s', new Error('refused: Bearer abcdef123456'))
      log.info('%j', { user: { password: 'hunter22' }, n: 1 })
      log.info('%o', JSON.stringify({ apiKey: 'hunter22' }))
      log.info('password=%s', 'hunter22')
      log.info({}, '%s', { toString: () => '?token=hunter22' })
    }
    expect([...texts, ...kit.texts].map((each) => (JSON.parse(each) as Line).msg)).toEqual(
      [1, 2].flatMap(() => [
        'Error: refused: Bearer [redacted]',
        '{"user":{"password":"[redacted]"},"n":1}',
        `'{"apiKey":"[redacted]"}'`,
        'password=[redacted]',
        '?token=[redacted]',
      ]),
    )
  })

  it('says so where a value throws', () => {
    const { log, texts } = new Observed()
    const hostile = {
      toString() {
        throw new Error('hostile')
      },
      toJSON() {
        throw new Error('hostile')
      },
    }
    log.info('%s %d %j end', hostile, hostile, hostile)
    log.info('%s', Object.create(null))
    expect(texts.map((each) => (JSON.parse(each) as Line).msg)).toEqual([
      // The last is what pino itself says of what cannot be JSON.
      expect.stringMatching(/^\[unreadable: hostile\] NaN "\[unable to serialize.*\]" end$/),
      expect.stringContaining('[unreadable: '),
    ])
  })

  it('honours what the logger redacts', () => {
    const options = { redact: ['user.name'] }
    const plain = new Application(options)
    const kit = new Observed(options)
    for (const log of [plain.logger as unknown as Loose, kit.log])
      log.info('%j', { user: { name: 'ada', id: 1 } })
    expect([kit.lines[0]?.msg, plain.lines[0]?.msg]).toEqual(
      Array(2).fill('{"user":{"name":"[Redacted]","id":1}}'),
    )
  })
})
