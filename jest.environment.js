import { TestEnvironment } from 'jest-environment-node'

const errors = [
  'Error',
  'AggregateError',
  'EvalError',
  'RangeError',
  'ReferenceError',
  'SyntaxError',
  'TypeError',
  'URIError',
]

/**
 * Jest runs each test file in a realm of its own, where an error made by Node (`ECONNREFUSED`, say) is no
 * `instanceof Error`: https://github.com/jestjs/jest/issues/2549. In a user's process it is, so here it is too.
 */
export default class extends TestEnvironment {
  constructor(config, context) {
    super(config, context)
    for (const name of errors) {
      const inTest = this.global[name]
      const inNode = globalThis[name]
      const isInstance = inTest[Symbol.hasInstance]
      Object.defineProperty(inTest, Symbol.hasInstance, {
        value(value) {
          // Subclasses inherit this method: only the class itself has a counterpart.
          return isInstance.call(this, value) || (this === inTest && value instanceof inNode)
        },
      })
    }
  }
}
