import { expect, test } from '@jest/globals'

import { variablesOf } from '../src/closure.ts'

function mounted(prefix: string, app: object) {
  return () => [prefix, app]
}

test('reads the variables of a function without calling it', () => {
  const app = { name: 'shop' }
  let calls = 0
  const variables = variablesOf(mounted('/v1', app))
  expect(variables).toMatchObject({ prefix: '/v1' })
  expect(variables.app).toBe(app)
  expect(variablesOf(() => ++calls)).toBeDefined()
  expect(calls).toBe(0)
})

test.each([
  ['a function of the language', Math.max],
  ['a bound function', mounted('/', {}).bind(undefined)],
  ['no function', {}],
])('knows of no variables of %s', (_what, value) => {
  expect(variablesOf(value)).toEqual({})
})

test('leaves nothing behind', () => {
  const inspector = process.getBuiltinModule('node:inspector')
  const before = Reflect.ownKeys(inspector)
  variablesOf(mounted('/', {}))
  expect(Reflect.ownKeys(inspector)).toEqual(before)
})
