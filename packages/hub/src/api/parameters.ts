import { QueryError } from '../query/query-error.ts'

/** The error of a parameter: status 400 and one sentence. */
export function parameterError(name: string, problem: string): QueryError {
  return new QueryError('bad_data', `The parameter ${name} ${problem}`)
}

/** Longest value that an error repeats. */
const SHOWN = 100

/** A value in an error. */
export function shown(value: string): string {
  return JSON.stringify(value.length > SHOWN ? `${value.slice(0, SHOWN)}…` : value)
}

/** The parameters of a call: of its path, of a form in its body, and of the query, in this order. */
export class Parameters {
  readonly #path: ReadonlyMap<string, string>
  readonly #sources: readonly URLSearchParams[]

  constructor(path: ReadonlyMap<string, string>, sources: readonly URLSearchParams[]) {
    this.#path = path
    this.#sources = sources
  }

  /** A value. Empty ones are the same as missing ones. */
  text(name: string): string | undefined {
    const inPath = this.#path.get(name)
    if (inPath !== undefined) return inPath
    for (const source of this.#sources) {
      const value = source.get(name)
      if (value !== null) return value === '' ? undefined : value
    }
    return undefined
  }

  /** All values of a parameter. */
  texts(name: string): readonly string[] {
    return this.#sources.flatMap((source) => source.getAll(name))
  }

  /** A value that must be there. */
  required(name: string): string {
    const value = this.text(name)
    if (value === undefined) throw parameterError(name, 'is missing')
    return value
  }

  /** A whole number within limits. */
  integer(
    name: string,
    { least, most, otherwise }: { least: number; most: number; otherwise: number },
  ): number {
    const value = this.text(name)
    if (value === undefined) return otherwise
    const number = Number(value)
    if (!/^\d{1,15}$/.test(value) || number < least || number > most)
      throw parameterError(name, `must be a whole number from ${least} to ${most}, not ${shown(value)}`)
    return number
  }

  /** One of some words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const word = words.find((each) => each === value)
    if (word === undefined)
      throw parameterError(name, `must be one of ${words.join(', ')}, not ${shown(value)}`)
    return word
  }

  /** An id in hex, in lower case. Jaeger and Zipkin leave out leading zeros, which are added. */
  id(name: string, digits: number): string {
    const value = this.required(name)
    if (!/^[\da-f]+$/i.test(value) || value.length > digits || /^0+$/.test(value))
      throw parameterError(name, `must be an id of ${digits} hexadecimal digits, not ${shown(value)}`)
    return value.toLowerCase().padStart(digits, '0')
  }
}
