/**
 * The global name through which a function is passed to the inspector, and its variables come back. All
 * realms of a process share it.
 */
const HOLDER = Symbol.for('sightline.closure')
const HOLDER_SOURCE = `process.getBuiltinModule('node:inspector')[Symbol.for('sightline.closure')]`

/** Run by the inspector with the scopes of a function, innermost first. Module and global scopes are skipped. */
const COPY_VARIABLES = `function () {
  const { description, object } = this[0]
  ${HOLDER_SOURCE} = description.startsWith('Closure') ? { ...object } : {}
}`

interface Remote {
  readonly objectId?: string
}

/**
 * The variables in a function's closure. Some frameworks keep the mounted application only there, and it must
 * be known before the first request.
 *
 * node's inspector reads the function within this thread, like a debugger. The function is not called,
 * nothing is changed, and no port is opened: https://nodejs.org/api/inspector.html#class-inspectorsession.
 * The first function takes some milliseconds. Without an inspector, as under `--permission`, the result is
 * empty.
 */
export function variablesOf(fn: object): Readonly<Record<string, unknown>> {
  try {
    const inspector = process.getBuiltinModule('node:inspector')
    const session = new inspector.Session()
    session.connect()
    try {
      const post = (method: string, params: object): unknown => {
        let answer: unknown
        // Within one thread, the result arrives before `post` returns.
        session.post(method, params, (error, result) => {
          if (error === null) answer = result
        })
        return answer
      }
      Reflect.set(inspector, HOLDER, fn)
      const { result } = post('Runtime.evaluate', { expression: HOLDER_SOURCE }) as { result: Remote }
      const { internalProperties } = post('Runtime.getProperties', { ...result, ownProperties: true }) as {
        internalProperties: ReadonlyArray<{ readonly name: string; readonly value: Remote }>
      }
      const scopes = internalProperties.find(({ name }) => name === '[[Scopes]]')?.value
      Reflect.set(inspector, HOLDER, {})
      post('Runtime.callFunctionOn', { objectId: scopes?.objectId, functionDeclaration: COPY_VARIABLES })
      // Set by `COPY_VARIABLES`.
      return Reflect.get(inspector, HOLDER) as Record<string, unknown>
    } finally {
      Reflect.deleteProperty(inspector, HOLDER)
      session.disconnect()
    }
  } catch {
    return {}
  }
}
