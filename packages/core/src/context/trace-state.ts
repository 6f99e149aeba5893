/** The `tracestate` header: https://www.w3.org/TR/trace-context-2/#tracestate-header */
import type { TraceState } from '@opentelemetry/api'

const MAX_LENGTH = 8_192
const MAX_MEMBERS = 32
const MAX_PART = 256
const TAB = 9
const SPACE = 32
const COMMA = 44
const EQUALS = 61

/**
 * The list of a header in its propagated form: without empty members, and with the first (newest) member of each key.
 * `undefined`: a member is malformed, or there are too many.
 *
 * @param header the text, or the texts of a repeated header
 */
export function stateOf(header: string | readonly string[]): string | undefined {
  const text = typeof header === 'string' ? header : header.join(',')
  if (text.length > MAX_LENGTH) return undefined
  const members: string[] = []
  const keys: string[] = []
  let count = 0
  for (const each of text.split(',')) {
    const member = trimmed(each)
    if (member === '') continue
    const end = keyEnd(member)
    if (++count > MAX_MEMBERS || end < 0 || !isValue(member, end + 1)) return undefined
    const key = member.slice(0, end)
    if (keys.includes(key)) continue
    keys.push(key)
    members.push(member)
  }
  return members.length === 0 ? undefined : members.join(',')
}

/**
 * The list in the form of OpenTelemetry's API. The API's own class accepts only the keys of level 1, and drops lists of
 * more than 512 characters.
 */
export class CarriedState implements TraceState {
  readonly #text: string

  /** @param text a result of {@link stateOf}, or the text of another `TraceState` */
  constructor(text: string) {
    this.#text = text
  }

  get(key: string): string | undefined {
    return this.#members()
      .find((member) => isOf(key, member))
      ?.slice(key.length + 1)
  }

  /** Puts the changed member first. Ignores an invalid key or value. */
  set(key: string, value: string): CarriedState {
    const member = `${key}=${value}`
    const end = keyEnd(member)
    if (end !== key.length || !isValue(member, end + 1)) return this
    const others = this.#members().filter((each) => !isOf(key, each))
    return new CarriedState([member, ...others].slice(0, MAX_MEMBERS).join(','))
  }

  unset(key: string): CarriedState {
    return new CarriedState(
      this.#members()
        .filter((member) => !isOf(key, member))
        .join(','),
    )
  }

  serialize(): string {
    return this.#text
  }

  #members(): string[] {
    return this.#text === '' ? [] : this.#text.split(',')
  }
}

function isOf(key: string, member: string): boolean {
  return member.startsWith(key) && member.charCodeAt(key.length) === EQUALS
}

/** The position of the equals sign after a key. -1: the key is invalid. */
function keyEnd(member: string): number {
  for (let i = 0; i < member.length; i++) {
    const code = member.charCodeAt(i)
    if (code === EQUALS) return i > 0 && i <= MAX_PART ? i : -1
    if (!(i === 0 ? isKeyStart(code) : isKeyStart(code) || isKeyMark(code))) return -1
  }
  return -1
}

/** `a-z 0-9` */
function isKeyStart(code: number): boolean {
  return (code >= 97 && code <= 122) || (code >= 48 && code <= 57)
}

/** `_ - * / @` */
function isKeyMark(code: number): boolean {
  return code === 95 || code === 45 || code === 42 || code === 47 || code === 64
}

/** Whether the rest of a member is a valid value: printable ASCII without comma, equals sign and final space. */
function isValue(member: string, from: number): boolean {
  const length = member.length - from
  if (length < 1 || length > MAX_PART || member.charCodeAt(member.length - 1) === SPACE) return false
  for (let i = from; i < member.length; i++) {
    const code = member.charCodeAt(i)
    if (code < SPACE || code > 126 || code === COMMA || code === EQUALS) return false
  }
  return true
}

/** Removes surrounding spaces and tabs. */
function trimmed(text: string): string {
  let from = 0
  let to = text.length
  while (from < to && isBlank(text.charCodeAt(from))) from++
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--
  return text.slice(from, to)
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB
}
