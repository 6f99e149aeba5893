import type { Printer } from '../printing/printer.ts'
import type { AccessValue } from '../record/access-fields.ts'
import type { RequestRecord } from '../seam.ts'
import { Remembered } from '../secrets/remembered.ts'

/** Bounds what an endless variety of clients can make us remember, and what an application with very many routes can. */
const REMEMBERED_TEXTS = 1_000
const REMEMBERED_LENGTH = 512
const REMEMBERED_FEW = 2_000
const REMEMBERED_COMBINATIONS = 20

/** The members of an object of JSON, by name: a value of the record, JSON that never changes, or an object of its own. */
export type Members = ReadonlyMap<string, AccessValue | string | Members>

/** Writes members behind the beginning of a line, each with its comma in front. */
export type MembersText = (record: RequestRecord, start: string) => string

type Reading = (record: RequestRecord) => string | number

/** How values become text. */
interface Style {
  readonly printer: Printer
  /** What becomes of a member without a value. */
  readonly absent: 'null' | 'left out'
}

/**
 * Prepares the text of members: only the values that differ from request to request are put together for each record. An
 * object has to be joined from few pieces: each one costs an object.
 */
export function preparedMembers(members: Members, style: Style): MembersText {
  const line = new Line()
  addMembers(line, members, style, false)
  return line.finish()
}

/** The members of one object without any inside. */
export function flat(values: readonly AccessValue[]): Members {
  return new Map(values.map((value) => [value.name, value]))
}

/** What stands before each value, and how the value is read. */
class Line {
  readonly #literals: string[] = []
  readonly #readings: Reading[] = []
  #pending = ''

  literal(text: string): void {
    this.#pending += text
  }

  value(reading: Reading): void {
    this.#literals.push(this.#pending)
    this.#readings.push(reading)
    this.#pending = ''
  }

  finish(): MembersText {
    const literals = this.#literals
    const readings = this.#readings
    const end = this.#pending
    return (record, start) => {
      let text = start
      for (let at = 0; at < readings.length; at++)
        // Both lists are as long.
        text = text + (literals[at] as string) + (readings[at] as Reading)(record)
      return text + end
    }
  }
}

function addMembers(line: Line, members: Members, style: Style, isFirst: boolean): void {
  let comma = isFirst ? '' : ','
  let few: Few[] = []
  const addFew = () => {
    if (few.length > 0) line.value(preparedFew(few, '', style, REMEMBERED_FEW))
    few = []
  }
  for (const [name, member] of isFirst ? alwaysThereFirst(members) : members) {
    if (typeof member !== 'string' && 'kind' in member && member.kind === 'few') {
      few.push({ ...member, name })
      continue
    }
    addFew()
    if (isOptional(member)) line.value(optional(name, member, style))
    else {
      line.literal(`${comma}"${name}":`)
      addValue(line, member, style)
    }
    comma = ','
  }
  addFew()
}

/** Only a member that is always there can be the first one: the commas of the others are a part of them. */
function alwaysThereFirst(members: Members): Members {
  const first = [...members].find(([, member]) => !isOptional(member))
  return first ? new Map([first, ...members]) : members
}

function isOptional(member: AccessValue | string | Members): member is Members | Few | Text {
  if (typeof member === 'string') return false
  if ('kind' in member) return member.kind === 'few' || member.kind === 'text'
  return [...member.values()].every(isOptional)
}

type Few = Extract<AccessValue, { kind: 'few' }>
type Text = Extract<AccessValue, { kind: 'text' }>

/** Adds a value that is always there. */
function addValue(line: Line, member: AccessValue | string | Members, style: Style): void {
  if (typeof member === 'string') line.literal(member)
  else if (!('kind' in member)) {
    line.literal('{')
    addMembers(line, member, style, true)
    line.literal('}')
  } else if (member.kind === 'word') {
    line.literal('"')
    line.value(member.of)
    line.literal('"')
  } else if (member.kind === 'number') line.value(member.of)
  else if (member.kind === 'path') {
    const { of } = member
    const { printer } = style
    line.value((record) => JSON.stringify(printer.text(of(record))))
  }
}

/** A member that may be absent, with its comma in front. */
function optional(name: string, member: Members | Few | Text, style: Style): Reading {
  if (!('kind' in member)) {
    const members = preparedMembers(member, style)
    return (record) => {
      const text = members(record, '')
      return text === '' ? '' : `,"${name}":{${text.slice(1)}}`
    }
  }
  if (member.kind === 'few') return preparedFew([{ ...member, name }], '', style, REMEMBERED_FEW)
  const { of, shown } = member
  const make = (text: string | null) => memberText(name, text, style, shown)
  const short = new Remembered(make, REMEMBERED_TEXTS)
  return (record) => {
    const text = of(record)
    return text !== null && text.length > REMEMBERED_LENGTH ? make(text) : short.get(text)
  }
}

/** The text of all combinations of values of which there are few. */
function preparedFew(
  [first, ...others]: readonly Few[],
  start: string,
  style: Style,
  limit: number,
): Reading {
  if (first === undefined) return () => start
  const { name, of } = first
  if (others.length === 0) {
    const texts = new Remembered((value: Value) => start + memberText(name, value, style), limit)
    return (record) => texts.get(of(record))
  }
  const rest = new Remembered(
    (value: Value) =>
      preparedFew(others, start + memberText(name, value, style), style, REMEMBERED_COMBINATIONS),
    limit,
  )
  return (record) => rest.get(of(record))(record)
}

type Value = string | number | null

function memberText(
  name: string,
  value: Value,
  { printer, absent }: Style,
  shown: (text: string) => unknown = (text) => text,
): string {
  if (value === null) return absent === 'null' ? `,"${name}":null` : ''
  return `,"${name}":${JSON.stringify(typeof value === 'string' ? shown(printer.text(value)) : value)}`
}
