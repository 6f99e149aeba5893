import { runInNewContext } from 'node:vm'

import { describe, expect, it } from '@jest/globals'
import { createSecrets } from '@sightline/secrets'

import { createPrinter } from '../src/printing/printer.ts'

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
    'db_pass',
    'mysqlPwd',
    'SENTRY_DSN',
    'card[cvv]',
    'user[pin]',
    'items[0][cvc]',
    'connect.sid',
    'PHPSESSID',
    'pinCode',
    'auth_header',
    'X-Auth',
    'X-Hub-Signature-256',
    'Ocp-Apim-Subscription-Key',
    'cvv2',
    'pass1',
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
      compass: 'n',
      monkey: 'm',
      design: 'd',
      opinion: 'o',
      spinCount: 's',
      aside: 'a',
      lesson: 'l',
      hasPin: true,
      code: 'ECONNREFUSED',
      key: 'k',
      keyboard: 'b',
    }
    expect(printer.value(value)).toEqual(value)
  })

  it.each([
    { path: 'password', value: SECRET, kind: 'minlength' },
    { property: 'password', value: SECRET },
    { param: 'password', val: SECRET },
    { field: 'password', oldValue: SECRET, newValue: SECRET },
    { path: ['user', 'password'], input: SECRET },
    { instancePath: '/user/password', data: SECRET },
    argumentsOf('X-Api-Key', SECRET),
  ])('is masked by the name that another field has: %j', (value) => {
    expect(JSON.stringify(printer.value(value))).not.toContain(SECRET)
  })

  it('is masked where it is a number under a name of digits', () => {
    const secrets = { cardNumber: 4_111, pinCode: 1, user_password: 2, securityCode: 3, passcode: 4 }
    expect(Object.values(printer.value(secrets) as object)).toEqual(
      Object.keys(secrets).map(() => '[redacted]'),
    )
    const counts = { passwordLength: 8, hasPassword: true, token: 5, creditCards: 2 }
    expect(printer.value(counts)).toEqual(counts)
    expect(printer.text('{"cardNumber":4111,"passwordLength":8}')).toBe(
      '{"cardNumber":"[redacted]","passwordLength":8}',
    )
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
    `password = ${SECRET}`,
    `PASSWORD="a ${SECRET}"`,
    `A=1\nDB_PASS=a, ${SECRET}\nB=2`,
    `Server=h;User Id=u;Password=a,${SECRET};Pooling=1`,
    `postgres://user:p@ss${SECRET}@host/db`,
    // Heads, and headers in other texts.
    `X-Api-Key: ${SECRET}`,
    `x-api-key:${SECRET}`,
    `GET / HTTP/1.1\r\nHost: h\r\nX-Vault-Token: a ${SECRET}\r\nAccept: x\r\n\r\n`,
    `GET / HTTP/1.1\r\nToken: a ${SECRET}\r\n\r\n`,
    `{"head":"GET / HTTP/1.1\\r\\nX-Api-Key: ${SECRET}\\r\\nHost: h"}`,
    `Authorization: Digest username="bob", response="${SECRET}"`,
    `sent X-Shopify-Access-Token: ${SECRET} to the shop`,
    `curl -H 'X-Api-Key: a ${SECRET}' -H "Accept: x" http://h`,
    `curl --header "X-Auth: ${SECRET}" http://h`,
    `curl -u bob:${SECRET} http://h`,
    `Set-Cookie: theme=dark; sid=${SECRET}; Path=/`,
    `invalid password: ${SECRET}`,
    // Objects and lists as text.
    `{ password: '${SECRET}', user: 'u' }`,
    `{ 'x-api-key': '${SECRET}' }`,
    `Map(1) { 'x-api-key' => '${SECRET}' }`,
    `{"pass":"a\\"${SECRET}"}`,
    `{"pin": ${SECRET}, "a": 1}`,
    `{"credentials":{"user":"u","list":["${SECRET}"]},"a":1}`,
    `{"set-cookie":["sid=${SECRET}; Path=/"]}`,
    `["X-Api-Key","${SECRET}","Host","h"]`,
    `[ [ 'X-Api-Key', '${SECRET}' ] ]`,
    `{"headers":[{"name":"X-Api-Key","value":"${SECRET}"}]}`,
    `{ name: 'X-Api-Key', value: '${SECRET}' }`,
    `mysql --user u --password ${SECRET} shop`,
    `mysql --password=${SECRET}`,
    `<ns:Password type="text">${SECRET}</ns:Password>`,
    `<password><![CDATA[${SECRET}]]></password>`,
    // What validators say, with the name before the value or behind it.
    `[{"type":"field","value":"${SECRET}","msg":"Invalid","path":"password","location":"body"}]`,
    `{"path":"password","msg":"Invalid","value":"${SECRET}"}`,
    `{\\"value\\":\\"${SECRET}\\",\\"property\\":\\"password\\"}`,
    `{ value: '${SECRET}', name: 'X-Api-Key' }`,
    `- name: X-Api-Key\n  value: ${SECRET}`,
    // What databases say.
    `Key (token)=(${SECRET}) already exists.`,
    `Key (tenant, lower(api_token::text))=(7, ${SECRET}) already exists.`,
    `Duplicate entry '${SECRET}' for key 'users.api_token'`,
    `INSERT INTO users (name, password) VALUES ('it''s (me', '${SECRET}'), ('b', '${SECRET}')`,
    `ALTER ROLE bob WITH PASSWORD '${SECRET}'`,
    `CREATE USER bob IDENTIFIED BY '${SECRET}'`,
    // Queries and forms.
    `--b\r\nContent-Disposition: form-data; name="password"\r\n\r\n${SECRET}\r\n--b--`,
    `--b\r\nContent-Disposition: form-data; name="pin"\r\nContent-Type: text/plain\r\n\r\n${SECRET}\r\n--b--`,
    `https://${SECRET}@github.com/shop.git`,
    `https://${SECRET}:@api.stripe.com/v1`,
    `https://${SECRET}:x-oauth-basic@github.com/shop.git`,
    `?pass=${SECRET}&cvv=${SECRET}&cvc=${SECRET}&ssn=${SECRET}&cardNumber=${SECRET}&creditCard=${SECRET}&dsn=${SECRET}`,
    `?token=a'b,c)${SECRET}&a=b`,
    `?user[password]=${SECRET}`,
    `?user%5Bpassword%5D=${SECRET}`,
    `?%70assword=${SECRET}`,
    `card[cvv]=${SECRET}&user[pin]=${SECRET}`,
    `https://h/#access_token=${SECRET}`,
    `https://h/?a=1\\u0026token=${SECRET}`,
    // Encoded texts within.
    `?next=https%3A%2F%2Fh.test%2Fcb%3Faccess_token%3D${SECRET}%26a%3D1`,
    `/cb/https%3A%2F%2Fh.test%2Fcb%3Faccess_token%3D${SECRET}`,
    `/cb/token%3D${SECRET}`,
    `/say/Bearer%20${SECRET}`,
    `?a=%E9%26token%3D${SECRET}`,
    `?data=${encodeURIComponent(JSON.stringify({ password: SECRET }))}`,
    `?a=${encodeURIComponent(`?b=${encodeURIComponent(`?c=${encodeURIComponent(`?token=${SECRET}`)}`)}`)}`,
    encodedTimes(9, `token=${SECRET}`),
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
    'password: must be at least 8 characters',
    'passenger: Bob, compass=north, monkey: x, design=y',
    'maxTokens: 5, hasPin: true',
    '{"maxTokens":5,"hasPin":true,"secret":null}',
    'secret: undefined',
    'at login (file:///srv/token.js:10:5)',
    'https://token.example.com:8080/v1/tokens:verify',
    'connect ECONNREFUSED 127.0.0.1:80',
    '/reset/:token',
    'GET /a%20b/caf%C3%A9?q=100%25',
    "Unexpected token '=', expected ':' after property name",
    'User validation failed: password: Path `password` is required., email: Path `email` is required.',
    'half a % and -- more',
    'Mozilla/5.0 (X11; Linux x86_64; rv:109.0) Gecko/20100101 Firefox/118.0',
    '{"required":["password","email"]}',
    'Key (email)=(bob@example.com) already exists.',
    "Duplicate entry 'bob' for key 'users.name'",
    "INSERT INTO orders (id, total) VALUES (7, 'x')",
    '{"type":"field","value":"x","msg":"Invalid","path":"name"}',
    '{"value":"x","size":1},{"name":"password"}',
    'name="title"\r\n\r\nhello\r\n--b',
    'ssh://git@github.com/shop.git',
    'https://example.com/@scope/name@1.2.3',
  ])('stays as it is: %s', (text) => {
    expect(printer.text(text)).toBe(text)
  })

  it('without a sign of a secret is passed by a cheap test, and with one it is not', () => {
    const { mask, mayMask, maskPath } = createSecrets([])
    for (const text of ['request completed', '0f3a-77', 'SELECT id FROM items', '/orders/7', '50 %'])
      expect([text, mayMask(text), mask(text)]).toEqual([text, false, text])
    for (const text of ['token=t', 'Bearer abcdefgh', 'x%3Dtoken', 'pwd: p', 'eyJhbGci.eyJz.c2'])
      expect([text, mayMask(text)]).toEqual([text, true])
    expect(mayMask('/reset/abc')).toBe(false)
    maskPath('/reset/abc', '/reset/:token')
    expect(mayMask('/reset/abc')).toBe(true)
  })

  it('may have numbers as names, which are secret only where they are declared', () => {
    expect(createSecrets([]).mask('order 4711: ok')).toBe('order 4711: ok')
    expect(createSecrets(['47-11']).mask('order 4711: ok,')).toBe('order 4711: [redacted],')
  })

  it('is cut where it is too long, in time in proportion to its length', () => {
    for (const piece of ['a', 'token', '://', ':', '"', '-', 'basic ', 'eyJ', '=']) {
      // In time in proportion to the square of the length, one would take hours. Jest cannot interrupt that.
      const masked = runInNewContext(
        'mask()',
        { mask: () => printer.text(piece.repeat(1_000_000)) },
        { timeout: 100_000 },
      ) as string
      expect(masked.length).toBeLessThan(9_000)
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

function encodedTimes(times: number, text: string): string {
  return times === 0 ? text : encodedTimes(times - 1, encodeURIComponent(text))
}

function nest(depth: number): object {
  let value: object = {}
  for (let i = 0; i < depth; i++) value = { value }
  return value
}

function argumentsOf(...items: string[]): IArguments {
  return items.length > 0 ? arguments : argumentsOf('')
}
