/**
 * A header among those given to `writeHead`: as an object, as a flat list of names and values, or as a list of pairs.
 * https://nodejs.org/api/http.html#responsewriteheadstatuscode-statusmessage-headers
 *
 * @param name in lower case
 */
export function headerIn(headers: unknown, name: string): unknown {
  if (typeof headers !== 'object' || headers === null) return undefined
  if (Array.isArray(headers)) return headerInList(headers, name)
  const named = headers as Readonly<Record<string, unknown>>
  if (named[name] !== undefined) return named[name]
  for (const key in named) if (isNamed(key, name)) return named[key]
  return undefined
}

/** The headers among the arguments of `writeHead(status, [message], [headers])`. Selects them as node does. */
export function givenHeaders(args: readonly unknown[]): unknown {
  return typeof args[1] === 'string' ? args[2] : (args[2] ?? args[1])
}

/**
 * Adds a header to those given to `writeHead`. The result is a list, which keeps the order, the spelling and repeated
 * names. The original is not changed.
 *
 * @returns `undefined` if node rejects headers of this form
 */
export function withHeader(headers: object, name: string, value: string): readonly unknown[] | undefined {
  if (Array.isArray(headers)) {
    const given = headers as readonly unknown[]
    if (Array.isArray(given[0])) return [...given, [name, value]]
    return given.length % 2 === 0 ? [...given, name, value] : undefined
  }
  const list: unknown[] = []
  for (const key of Object.keys(headers)) list.push(key, (headers as Readonly<Record<string, unknown>>)[key])
  list.push(name, value)
  return list
}

function headerInList(headers: readonly unknown[], name: string): unknown {
  if (Array.isArray(headers[0])) {
    return (headers as ReadonlyArray<readonly unknown[]>).find(([key]) => isNamed(key, name))?.[1]
  }
  for (let i = 0; i + 1 < headers.length; i += 2) if (isNamed(headers[i], name)) return headers[i + 1]
  return undefined
}

function isNamed(key: unknown, name: string): boolean {
  return typeof key === 'string' && key.length === name.length && key.toLowerCase() === name
}
