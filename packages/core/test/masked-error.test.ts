import { expect, it } from '@jest/globals'
import { createSecrets } from '@sightline/secrets'

import { createPrinter } from '../src/printing/printer.ts'

const printer = createPrinter(createSecrets(['iban']))

class PaymentError extends TypeError {
  readonly status = 502
  readonly iban = 'DE02'
  readonly type = 'declined'
  readonly #reason = 'inner'

  get reason() {
    return this.#reason
  }
}

it('is a copy of the same class, without secrets', () => {
  const cause = Object.assign(new RangeError('token=hunter2'), { code: 'E_RANGE' })
  const thrown = new PaymentError('password=hunter2', { cause })
  const error = printer.error(thrown)
  expect(error).toBeInstanceOf(PaymentError)
  expect(error).toMatchObject({
    name: 'TypeError',
    message: 'password=[redacted]',
    status: 502,
    iban: '[redacted]',
    type: 'declined',
  })
  const { stack, cause: inner } = error as Error
  expect(stack).toBe(thrown.stack?.replace('hunter2', '[redacted]'))
  expect(inner).toBeInstanceOf(RangeError)
  expect(inner).toMatchObject({ message: 'token=[redacted]', code: 'E_RANGE' })
  expect(structuredClone(error)).toMatchObject({ message: 'password=[redacted]' })
  expect(thrown).toMatchObject({ message: 'password=hunter2', iban: 'DE02' })
})

it('is printed as the error was', () => {
  const thrown = new AggregateError([new Error('token=hunter2')], 'x'.repeat(20_000))
  const printed = printer.value(thrown)
  const error = printer.error(thrown)
  expect(error).toBeInstanceOf(AggregateError)
  expect((error as AggregateError).errors[0]).toBeInstanceOf(Error)
  expect(printer.value(error)).toEqual(printed)
  expect(printer.value({ deep: { error } })).toEqual({ deep: { error: printed } })
  expect(printer.error(error)).toBe(error)
})

it('keeps what tells built-in errors apart', () => {
  expect(printer.error(new DOMException('late', 'AbortError'))).toMatchObject({
    name: 'AbortError',
    code: 20,
    message: 'late',
  })
})

it.each([
  ['a text', 'password=hunter2', 'password=[redacted]'],
  ['an object', { token: 'hunter2' }, { token: '[redacted]' }],
  ['null', null, null],
])('is what is printed where no error was thrown, but %s', (_, thrown, shown) => {
  expect(printer.error(thrown)).toEqual(shown)
})

it('is what can be said of an error that throws at every touch', () => {
  const throwing = () => {
    throw new Error('hostile')
  }
  const hostile = new Proxy(new Error('x'), { get: throwing, getPrototypeOf: throwing, ownKeys: throwing })
  expect(() => printer.error(hostile)).not.toThrow()
  const cause = Object.defineProperty(new Error('readable'), 'cause', { get: throwing })
  expect(printer.error(cause)).toMatchObject({ message: 'readable' })
})
