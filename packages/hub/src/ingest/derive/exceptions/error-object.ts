/** An exception as it is told by attributes. */
export interface Told {
  readonly type: string
  readonly message: string
  readonly stack: string
}

/** Longer texts are not parsed. */
const MAX_JSON = 100_000
const TYPE = /^([A-Za-z_$][\w$.]{0,199}(?:Error|Exception|Warning|Panic|Rejection)?)(?::|$)/

/**
 * Reads an error that a logger has written as an object: `{ type, message, stack }` of pino and the kit, `{ name, message, stack }` of
 * others. `undefined`: the text is none.
 */
export function errorObject(json: string): Told | undefined {
  if (json.length > MAX_JSON || !json.startsWith('{')) return undefined
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  return toldBy(value)
}

/** The error in a body that is an object itself: `{ "msg": "…", "err": { … } }`. */
export function errorInBody(json: string): Told | undefined {
  if (json.length > MAX_JSON || !/"(?:err|error)":\{/.test(json)) return undefined
  let value: unknown
  try {
    value = JSON.parse(json)
  } catch {
    return undefined
  }
  if (typeof value !== 'object' || value === null) return undefined
  const { err, error } = value as { readonly err?: unknown; readonly error?: unknown } // Every property of an object may be asked for.
  return toldBy(err) ?? toldBy(error)
}

function toldBy(value: unknown): Told | undefined {
  if (typeof value !== 'object' || value === null) return undefined
  const fields = value as Readonly<Record<string, unknown>> // Every property of an object may be asked for.
  const text = (name: string) => {
    const field = fields[name]
    return typeof field === 'string' ? field : ''
  }
  return told(text('type') || text('name'), text('message'), text('stack'))
}

/** `undefined` where there is neither a message nor a stack nor a type that names an error. The type may stand in the stack alone. */
export function told(type: string, message: string, stack: string): Told | undefined {
  if (message === '' && stack === '') return undefined
  const named = type || (TYPE.exec(stack)?.[1] ?? '')
  return { type: named === '' ? 'Error' : named, message, stack }
}
