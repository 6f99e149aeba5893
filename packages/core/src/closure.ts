/** Under this name a function is handed to the inspector, and its variables come back: all realms of a process share it. */
const HOLDER = Symbol.for('sightline.closure')
const HOLDER_SOURCE = `process.getBuiltinModule('node:inspector')[Symbol.for('sightline.closure')]`

/** Run by the inspector with the scopes of a function, innermost first. That of a module or of all is none of a function. */
const COPY_VARIABLES = `function () {
  const { description, object } = this[0]
  ${HOLDER_SOURCE} = description.startsWith('Closure') ? { ...object } : {}
}`

interface Remote {
  readonly objectId?: string
}

/**
 * The variables that a function closes over. For what a framework keeps nowhere else: which application it has mounted
 * is known to a function of the framework's alone, and has to be known before the first request enters it.
 *
 * The function is read by node's inspector, within this thread, as a debugger would read it. It is not called, nothing is
 * changed, and no port is opened: https://nodejs.org/api/inspector.html#class-inspectorsession. It takes some milliseconds
 * for the first function. Where there is no inspector, such as under `--permission`, no variable is known.
 */
export function variablesOf(fn: object): Readonly<Record<string, unknown>> {
  try {
    const inspector = process.getBuiltinModule('node:inspector')
    const session = new inspector.Session()
    session.connect()
    try {
      const post = (method: string, params: object): unknown => {
        let answer: unknown
        // Within one thread the answer is there before `post` returns.
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
      // What the function above has put there.
      return Reflect.get(inspector, HOLDER) as Record<string, unknown>
    } finally {
      Reflect.deleteProperty(inspector, HOLDER)
      session.disconnect()
    }
  } catch {
    return {}
  }
}
