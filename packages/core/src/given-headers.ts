/**
 * A header among those that an application gives to `writeHead`: an object, or a list of names and values in turn or in
 * pairs. https://nodejs.org/api/http.html#responsewriteheadstatuscode-statusmessage-headers
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
