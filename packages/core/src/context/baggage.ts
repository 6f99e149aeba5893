/** Members that travel from service to service, by name. */
export type Baggage = Readonly<Record<string, string>>
/**
 * W3C Baggage: https://www.w3.org/TR/baggage/
 */

/** The header that carries baggage. */
export const BAGGAGE_HEADER = 'baggage'

/** What the recommendation obliges everybody to pass on, and nobody to exceed. */
const MAX_MEMBERS = 64
const MAX_BYTES = 8_192

/** A token of RFC 9110: what a member may be called. */
const NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/

/** Reads and writes the members that may be passed on. */
export interface BaggageRules {
  /** The members of a header that may be passed on; `undefined`: there are none. */
  read(header: string | readonly string[] | undefined): Baggage | undefined
  /** The header of some members, within the limits; `undefined`: there are none. */
  write(members: Baggage | undefined): string | undefined
  /** `before` with `members` added, of which only those that may be passed on. */
  merge(before: Baggage | undefined, members: Baggage): Baggage | undefined
}

/**
 * Makes the rules of one Sightline. What is not on the list stays outside: baggage is written by anybody, and goes to
 * everybody.
 *
 * @param names the members that may be passed on
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

/** Whether baggage can have a member of this name. */
export function isBaggageName(name: string): boolean {
  return NAME.test(name)
}

/** The members of a header by name. Their properties (`;ttl=5`) are not kept: they say how a member was to be read. */
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
    // What does not fit is left out as a whole: half a value would be another value.
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
