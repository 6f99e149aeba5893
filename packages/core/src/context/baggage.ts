/** Values that travel from service to service, by name. */
export type Baggage = Readonly<Record<string, string>>
/** W3C Baggage: https://www.w3.org/TR/baggage/ */

/** The header that carries baggage. */
export const BAGGAGE_HEADER = 'baggage'

/** The sizes that the recommendation requires every service to support. Sightline also writes no more than these. */
const MAX_MEMBERS = 64
const MAX_BYTES = 8_192

/** A valid member name: a token of RFC 9110. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Reads and writes the allowed members. */
export interface BaggageRules {
  /** The allowed members of a header. `undefined`: none. */
  read(header: string | readonly string[] | undefined): Baggage | undefined
  /** Formats members as a header, within the size limits. `undefined`: none. */
  write(members: Baggage | undefined): string | undefined
  /** Adds the allowed ones of `members` to `before`. */
  merge(before: Baggage | undefined, members: Baggage): Baggage | undefined
}

/**
 * Makes the rules of one Sightline. Members that are not on the list are neither read nor passed on: any client can
 * write baggage, and every called service receives it.
 *
 * @param names the allowed members
 */
export function baggageRules(names: readonly string[]): BaggageRules {
  const allowed = new Set(names)
  const kept = (entries: ReadonlyArray<readonly [string, string]>): Baggage | undefined => {
    const members = entries.filter(([name]) => allowed.has(name))
    return members.length === 0 ? undefined : Object.fromEntries(members)
  }
  return {
    read(header) {
      if (allowed.size === 0 || header === undefined) return undefined
      const text = typeof header === 'string' ? header : header.join(',')
      return text.length > MAX_BYTES ? undefined : kept(membersOf(text))
    },
    write: (members) => (members === undefined ? undefined : headerOf(members)),
    merge: (before, members) => kept(Object.entries({ ...before, ...members })),
  }
}

/** Whether a name is valid for a member. */
export function isBaggageName(name: string): boolean {
  return NAME.test(name)
}

/** The members of a header by name. Their properties (`;ttl=5`) are dropped: they only describe the caller's member. */
function membersOf(header: string): Array<readonly [string, string]> {
  const members: Array<readonly [string, string]> = []
  for (const member of header.split(',', MAX_MEMBERS)) {
    const equals = member.indexOf('=')
    if (equals < 0) continue
    const end = member.indexOf(';', equals)
    const name = member.slice(0, equals).trim()
    const value = decoded(member.slice(equals + 1, end < 0 ? undefined : end).trim())
    if (NAME.test(name) && value !== undefined) members.push([name, value])
  }
  return members
}

function headerOf(members: Baggage): string | undefined {
  let header = ''
  let count = 0
  for (const [name, value] of Object.entries(members)) {
    const member = `${header === '' ? '' : ','}${name}=${encodeURIComponent(value.toWellFormed())}`
    // A member that does not fit is left out as a whole. A cut value would be a wrong value.
    if (header.length + member.length > MAX_BYTES || count >= MAX_MEMBERS) continue
    header += member
    count++
  }
  return header === '' ? undefined : header
}

function decoded(value: string): string | undefined {
  try {
    return decodeURIComponent(value)
  } catch {
    return undefined
  }
}
