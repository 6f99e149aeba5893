/** Reads the variables that OpenTelemetry has standardised. An empty one is as good as none. */
export interface Environment {
  text(name: string): string | undefined
  /** @throws {TypeError} where the value is not one of those allowed */
  choice<T extends string>(name: string, allowed: readonly T[]): T | undefined
  /** @throws {TypeError} where the value is no number of at least `least` */
  number(name: string, least?: number): number | undefined
  flag(name: string): boolean
  list(name: string): string[] | undefined
  /** `name=value,…`, percent-encoded: headers and resource attributes. */
  pairs(name: string): Record<string, string> | undefined
}

export function environment(env: NodeJS.ProcessEnv): Environment {
  const text = (name: string) => env[name]?.trim() || undefined
  const wrong = (name: string, allowed: string) =>
    new TypeError(
      `Sightline: environment variable ${name} is ${JSON.stringify(env[name])}, but must be ${allowed}`,
    )
  return {
    text,
    choice(name, allowed) {
      const value = text(name)
      if (value === undefined) return undefined
      const found = allowed.find((each) => each === value.toLowerCase())
      if (found === undefined) throw wrong(name, `one of ${allowed.join(', ')}`)
      return found
    },
    number(name, least = 0) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (!(Number.isFinite(number) && number >= least)) throw wrong(name, `a number of at least ${least}`)
      return number
    },
    flag: (name) => text(name)?.toLowerCase() === 'true',
    list: (name) =>
      text(name)
        ?.split(',')
        .map((each) => each.trim())
        .filter((each) => each !== ''),
    pairs(name) {
      const value = text(name)
      if (value === undefined) return undefined
      return Object.fromEntries(
        value
          .split(',')
          .filter((pair) => pair.trim() !== '')
          .map((pair) => {
            const equals = pair.indexOf('=')
            if (equals < 1) throw wrong(name, 'a list such as name=value,name=value')
            return [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))]
          }),
      )
    },
  }
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return text.trim()
  }
}
