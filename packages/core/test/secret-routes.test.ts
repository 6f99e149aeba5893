import { describe, expect, it } from '@jest/globals'
import { createSecrets } from '@sightline/secrets'

import { createPrinter } from '../src/printing/printer.ts'

const SECRET = 'S3cr3tV4lue'

describe('the path of a request', () => {
  const { maskPath } = createSecrets([])

  it.each([
    ['/reset/:token', `/reset/${SECRET}`, '/reset/[redacted]'],
    ['/reset/:token', `/RESET/${SECRET}/`, '/RESET/[redacted]/'],
    ['/reset/:resetToken/confirm', `/reset/${SECRET}/confirm`, '/reset/[redacted]/confirm'],
    ['/users/:id/otp/:otp', `/users/7/otp/${SECRET}`, '/users/7/otp/[redacted]'],
    ['/:token', `/${SECRET}`, '/[redacted]'],
    ['/reset/:token', `http://h.test/reset/${SECRET}`, 'http://h.test/reset/[redacted]'],
    ['/reset/:token', `/v1/reset/${SECRET}`, '/v1/reset/[redacted]'],
    ['/%C3%A9/:token', `/%C3%A9/${SECRET}`, '/%C3%A9/[redacted]'],
    ['/é/:token', `/%C3%A9/${SECRET}`, '/%C3%A9/[redacted]'],
    // Where a parameter stands for several segments or for none, all that is no literal may be it.
    ['/reset/:token(\\w+)/confirm', `/reset/${SECRET}/confirm`, '/reset/[redacted]/confirm'],
    ['/reset{/:token}', `/reset/${SECRET}`, '/reset/[redacted]'],
    ['/reset/:token?', `/reset/${SECRET}`, '/reset/[redacted]'],
    ['/files/*path/:pin', `/files/a/b/${SECRET}`, '/files/[redacted]/[redacted]/[redacted]'],
    ['/s/*secret', `/s/a/${SECRET}`, '/s/[redacted]/[redacted]'],
    ['/x/:id-:token', `/x/7-${SECRET}`, '/x/[redacted]'],
    ['/other/:token', `/mounted/${SECRET}`, '/[redacted]/[redacted]'],
  ])('of the route %s is masked where its parameter says so: %s', (route, path, shown) => {
    expect(maskPath(path, route)).toBe(shown)
  })

  it.each([
    ['/users/:id', '/users/7'],
    ['/passengers/:passenger', '/passengers/bob'],
    ['/a/*', '/a/b/c'],
    [undefined, '/reset/abc'],
  ])('of the route %s stays as it is', (route, path) => {
    expect(createSecrets([]).maskPath(path, route)).toBe(path)
  })

  it('has what the options add', () => {
    expect(createSecrets(['iban']).maskPath('/accounts/DE02', '/accounts/:iban')).toBe('/accounts/[redacted]')
    expect(createSecrets(false).maskPath('/reset/abc', '/reset/:token')).toBe('/reset/abc')
  })
})

it('knows the values of such a route in texts, once it knows the route', () => {
  const printer = createPrinter(createSecrets([]))
  const url = `https://h.test/users/7/otp/${SECRET}?page=1`
  expect(printer.text(url)).toContain(SECRET)
  printer.know('/users/:id/otp/:otp')
  expect(printer.text(url)).toBe('https://h.test/users/7/otp/[redacted]?page=1')
  expect(printer.value({ headers: { referer: url }, url: `/a?next=${encodeURIComponent(url)}` })).toEqual({
    headers: { referer: 'https://h.test/users/7/otp/[redacted]?page=1' },
    url: `/a?next=${encodeURIComponent('https://h.test/users/7/otp/')}[redacted]${encodeURIComponent('?page=1')}`,
  })
  expect(printer.text('GET /users/:id/otp/:otp')).toBe('GET /users/:id/otp/:otp')
})
