import { validateHeaderName, validateHeaderValue } from 'node:http'

import { shown } from '@sightline/core/telemetry'

/**
 * Reads the standard environment variables of OpenTelemetry. A platform sets them for all its services, so an
 * unsupported value does not stop the start: it is ignored, with one line in the log.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/#parsing-environment-variable-values
 */
export interface Environment {
  /** An empty string counts as unset. */
  text(name: string): string | undefined
  /** One of the allowed words, in any letter case. */
  choice<T extends string>(name: string, allowed: readonly T[]): T | undefined
  /** A list of words, without the ones that are not allowed. `undefined` for an empty result. */
  choices<T extends string>(name: string, allowed: readonly T[]): readonly T[] | undefined
  number(name: string, allowed: NumberRange): number | undefined
  flag(name: string): boolean
  list(name: string): string[] | undefined
  /** Resource attributes: `name=value,…`, percent-encoded. */
  pairs(name: string): Record<string, string> | undefined
  /** Request headers in the same format. */
  headers(name: string): Record<string, string> | undefined
  /** A URL of http or https. */
  url(name: string): string | undefined
  /** Notes that a value is ignored, or how it is used instead. */
  note(name: string, what: string): void
  /** The notes, one line each. */
  readonly notes: ReadonlySet<string>
}

export interface NumberRange {
  readonly least: number
  readonly most: number
}

/** The range of node's timers. */
export const MILLISECONDS: NumberRange = { least: 1, most: 2_147_483_647 }

/** Maximum characters of a value in a note. */
const MAX_SHOWN = 100

/** Creates the reader of a set of variables. */
export function environment(env: NodeJS.ProcessEnv): Environment {
  const notes = new Set<string>()
  const text = (name: string) => env[name]?.trim() || undefined
  const note = (name: string, what: string) =>
    void notes.add(`sightline: environment variable ${name} ${what}`)
  const wrong = (name: string, value: string, allowed: string) =>
    note(name, `is ${shown(value.slice(0, MAX_SHOWN))}, but must be ${allowed}: ignored`)
  const list = (name: string) =>
    text(name)
      ?.split(',')
      .map((each) => each.trim())
      .filter((each) => each !== '')

  function entries(name: string): ReadonlyArray<readonly [string, string]> | undefined {
    return list(name)?.flatMap((pair, i) => {
      const equals = pair.indexOf('=')
      if (equals > 0) return [[decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))] as const]
      // Values may be keys: the note gives only the position.
      note(name, `has no name=value in place ${i + 1}: ignored`)
      return []
    })
  }

  return {
    text,
    list,
    note,
    notes,
    choice(name, allowed) {
      const value = text(name)
      const found = value === undefined ? undefined : wordOf(value, allowed)
      if (value !== undefined && found === undefined) wrong(name, value, `one of ${allowed.join(', ')}`)
      return found
    },
    choices(name, allowed) {
      const found = list(name)?.flatMap((value) => {
        const word = wordOf(value, allowed)
        if (word === undefined)
          note(
            name,
            `names ${shown(value.slice(0, MAX_SHOWN))}, but there are ${allowed.join(', ')}: ignored`,
          )
        return word ?? []
      })
      return found && found.length > 0 ? [...new Set(found)] : undefined
    },
    number(name, { least, most }) {
      const value = text(name)
      if (value === undefined) return undefined
      const number = Number(value)
      if (number >= least && number <= most) return number
      wrong(name, value, `a number from ${least} to ${most}`)
      return undefined
    },
    flag(name) {
      const word = text(name)?.toLowerCase()
      if (word !== undefined && word !== 'true' && word !== 'false') wrong(name, word, 'true or false')
      return word === 'true'
    },
    pairs(name) {
      const found = entries(name)
      return found && Object.fromEntries(found)
    },
    headers(name) {
      const found = entries(name)?.filter(([header, value], i) => {
        if (isHeader(header, value)) return true
        note(name, `has what is no header in place ${i + 1}: ignored`)
        return false
      })
      return found && Object.fromEntries(found)
    },
    url(name) {
      const value = text(name)
      if (value === undefined || isHttpUrl(value)) return value
      wrong(name, value, 'an address such as http://collector:4318')
      return undefined
    },
  }
}

/** Whether a string is a valid http or https URL. */
export function isHttpUrl(address: string): boolean {
  return /^https?:$/.test(URL.parse(address)?.protocol ?? '')
}

/** Whether a name and value form a valid header. */
export function isHeader(name: string, value: unknown): boolean {
  try {
    validateHeaderName(name)
    validateHeaderValue(name, value as string)
    return typeof value === 'string'
  } catch {
    return false
  }
}

function wordOf<T extends string>(value: string, allowed: readonly T[]): T | undefined {
  const word = value.toLowerCase()
  return allowed.find((each) => each === word)
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim())
  } catch {
    return text.trim()
  }
}
