import { describe, expect, it } from '@jest/globals'
import { Allowance } from '@sightline/servers'

import { createPrinter } from '../src/log/printer.ts'
import { createSecrets } from '../src/log/secrets.ts'

const printer = createPrinter(createSecrets([]))
const SECRET = 'S3cr3tV4lue'

describe('a field', () => {
  it.each([
    'password',
    'Password',
    'PASSWORD',
    'user_password',
    'passwd',
    'pwd',
    'pass',
    'secret',
    'clientSecret',
    'client-secret',
    'token',
    'accessToken',
    'refresh_token',
    'idToken',
    'csrf-token',
    'authorization',
    'Proxy-Authorization',
    'cookie',
    'Set-Cookie',
    'apiKey',
    'api_key',
    'X-API-Key',
    'privateKey',
    'credentials',
    'sessionId',
    'jwt',
    'cvv',
    'ssn',
    'otp',
    'cardNumber',
    'passphrase',
  ])('is masked by its name: %s', (name) => {
    expect(JSON.stringify(printer.value({ deep: [{ [name]: SECRET }] }))).not.toContain(SECRET)
    expect(JSON.stringify(printer.value(new Map([[name, { inner: SECRET }]])))).not.toContain(SECRET)
  })

  it('keeps what only sounds like a secret', () => {
    const value = {
      maxTokens: 5,
      tokenCount: 7,
      passed: true,
      author: 'me',
      passenger: 'you',
      mapping: 'x',
      pinned: 'y',
    }
    expect(printer.value(value)).toEqual(value)
  })

  it('is masked where the options name it, in any spelling', () => {
    const own = createPrinter(createSecrets(['iban', 'user.street_name']))
    expect(own.value({ IBAN: SECRET, streetName: SECRET, name: 'n' })).toEqual({
      IBAN: '[redacted]',
      streetName: '[redacted]',
      name: 'n',
    })
  })

  it.each([
    ['user.street_name', 'street_name'],
    ['headers["x-customer-iban"]', 'x-customer-iban'],
    ["card['number']", 'number'],
    ['a[b]', 'b'],
    ['["dotted.name"]', 'dotted.name'],
    ['["first"].a["last"]', 'last'],
    ['users[*].iban', 'iban'],
    ['*.iban', 'iban'],
  ])('is masked where a path of pino’s ends in its name: %s', (path, name) => {
    const own = createPrinter(createSecrets([path]))
    expect(own.value({ [name]: SECRET, first: 1 })).toEqual({ [name]: '[redacted]', first: 1 })
  })

  it('is shown where masking is switched off', () => {
    expect(createPrinter(createSecrets(false)).value({ password: SECRET })).toEqual({ password: SECRET })
  })
})

describe('a text', () => {
  it.each([
    `GET /x?token=${SECRET}&a=b`,
    `?access_token=${SECRET}`,
    `api_key=${SECRET};x`,
    `postgres://user:${SECRET}@host/db`,
    `Authorization: Bearer ${SECRET}`,
    `Bearer ${SECRET}`,
    `authorization: Basic ${SECRET}`,
    `cookie: sid=${SECRET}; a=b`,
    `{"password":"${SECRET}"}`,
    `{"apiKey": "${SECRET}"}`,
    `{\\"client_secret\\":\\"${SECRET}\\"}`,
    `eyJhbGciOi.eyJzdWIi.${SECRET}`,
    `-----BEGIN PRIVATE KEY-----\n${SECRET}\n-----END PRIVATE KEY-----`,
    `https://x/y?sig=${SECRET}&se=1`,
    `password=${SECRET}`,
  ])('has its secret masked, once: %s', (text) => {
    const masked = printer.text(text)
    expect(masked).not.toContain(SECRET)
    expect(printer.text(masked)).toBe(masked)
  })

  it.each([
    '/api/users/7?page=2',
    'invalid token: jwt expired',
    'https://example.com/a:b?x=1',
    'forgot password page',
    'basic auth is off',
  ])('stays as it is: %s', (text) => {
    expect(printer.text(text)).toBe(text)
  })

  it('is cut where it is too long, in time in proportion to its length', () => {
    for (const piece of ['a', 'token', '://', ':', '"', '-', 'basic ', 'eyJ', '=']) {
      const allowance = new Allowance()
      const start = process.cpuUsage()
      expect(printer.text(piece.repeat(1_000_000)).length).toBeLessThan(9_000)
      expect(process.cpuUsage(start).user / 1_000).toBeLessThan(allowance.of(2_000))
    }
  })
})

describe('an error', () => {
  it('has its message, properties, cause and inner errors masked', () => {
    const error = Object.assign(
      new AggregateError([new Error(`password=${SECRET}`)], `token=${SECRET}`, {
        cause: new Error(`Bearer ${SECRET}`),
      }),
      {
        config: { headers: { Authorization: SECRET } },
        body: SECRET,
      },
    )
    const printed = printer.value(error)
    expect(JSON.stringify(printed)).not.toContain(SECRET)
    expect(printed).toMatchObject({
      type: 'AggregateError',
      cause: { type: 'Error' },
      errors: [{ type: 'Error' }],
    })
  })
})

it('says what it can of an error whose properties throw', () => {
  const hostile = (property: string) => {
    const error = new TypeError('readable')
    Object.defineProperty(error, property, {
      get() {
        throw new Error('hostile')
      },
    })
    return printer.value(error)
  }
  for (const property of ['cause', 'code', 'name', 'constructor', 'stack'])
    expect(hostile(property)).toMatchObject({ message: 'readable' })
  expect(hostile('cause')).toMatchObject({ type: 'TypeError', cause: '[unreadable: hostile]' })
})

it('prints what is beside a function that cannot be touched', () => {
  const { proxy, revoke } = Proxy.revocable(() => {}, {})
  revoke()
  expect(printer.value({ proxy, beside: 1 })).toEqual({ proxy: '[function unreadable]', beside: 1 })
})

it('never changes what it prints', () => {
  const original = { password: SECRET, list: [{ token: SECRET }], nested: { cookie: SECRET } }
  const before = structuredClone(original)
  printer.value(original)
  expect(original).toEqual(before)
})

it.each([
  ['deep', nest(10_000)],
  ['long', Array.from({ length: 100_000 }, (_, i) => i)],
  ['wide', Object.fromEntries(Array.from({ length: 100_000 }, (_, i) => [`k${i}`, 'v'.repeat(100)]))],
  ['many texts', Array.from({ length: 90 }, () => 'x'.repeat(100_000))],
])('bounds a value that is %s', (_, value) => {
  expect(JSON.stringify(printer.value(value)).length).toBeLessThan(100_000)
})

function nest(depth: number): object {
  let value: object = {}
  for (let i = 0; i < depth; i++) value = { value }
  return value
}
