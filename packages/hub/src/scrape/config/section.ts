import { durationOf, sizeOf } from './duration.ts'

/** What reading a configuration has found: errors, which stop it, and sentences about what it does not use. */
export interface Findings {
  readonly errors: string[]
  readonly notes: string[]
}

/** Fields whose values are not told. */
const SECRET = /password|credentials|token|basic_auth|authorization/

type Fields = Readonly<Record<string, unknown>>

/** A mapping of a configuration file, with its place in the file. All scalars are texts. */
export class Section {
  /** Such as `scrape_configs[0].basic_auth`. Empty for the whole file. */
  readonly path: string
  readonly #fields: Fields
  readonly #findings: Findings
  readonly #read = new Set<string>()

  constructor(fields: Fields, path: string, findings: Findings) {
    this.#fields = fields
    this.path = path
    this.#findings = findings
  }

  /** Names of the fields in the file. */
  get names(): readonly string[] {
    return Object.keys(this.#fields)
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#fields, name) && this.#fields[name] !== ''
  }

  error(name: string, expected: string): void {
    const value = SECRET.test(name) ? 'not valid' : (JSON.stringify(this.#fields[name]) ?? 'missing')
    this.#findings.errors.push(`${this.placeOf(name)} is ${value}: expected ${expected}`)
  }

  note(sentence: string): void {
    this.#findings.notes.push(sentence)
  }

  placeOf(name: string): string {
    return this.path === '' ? name : `${this.path}.${name}`
  }

  /** A scalar as text. */
  text(name: string): string | undefined {
    this.#read.add(name)
    if (!this.has(name)) return undefined
    const value = this.#fields[name]
    if (typeof value === 'string') return value
    this.error(name, 'a text')
    return undefined
  }

  /** A scalar as text, which may be empty. `undefined` only where the field is missing. */
  textOrEmpty(name: string): string | undefined {
    return Object.hasOwn(this.#fields, name) ? (this.text(name) ?? '') : undefined
  }

  boolean(name: string, otherwise: boolean): boolean {
    const value = this.#parsed(name, 'true or false', (text) =>
      /^(?:true|yes|on)$/i.test(text) ? true : /^(?:false|no|off)$/i.test(text) ? false : undefined,
    )
    return value ?? otherwise
  }

  /** A whole number that is not negative. */
  count(name: string): number | undefined {
    return this.#parsed(name, 'a whole number', (text) =>
      /^\d{1,15}$/.test(text) ? Number(text) : undefined,
    )
  }

  /** Milliseconds. */
  duration(name: string): number | undefined {
    return this.#parsed(name, 'a duration such as 15s or 1m30s', durationOf)
  }

  /** Bytes. */
  size(name: string): number | undefined {
    return this.#parsed(name, 'a size such as 10MB', sizeOf)
  }

  /** One of some texts. */
  oneOf<T extends string>(name: string, values: readonly T[]): T | undefined {
    return this.#parsed(name, `one of ${values.join(', ')}`, (text) => values.find((value) => value === text))
  }

  /** A list of texts. */
  texts(name: string): readonly string[] {
    const texts = this.#list(name).filter((value) => typeof value === 'string')
    if (texts.length < this.#list(name).length) this.error(name, 'a list of texts')
    return texts
  }

  /** A mapping within this one. */
  section(name: string): Section | undefined {
    this.#read.add(name)
    if (!this.has(name)) return undefined
    const value = this.#fields[name]
    if (isFields(value)) return new Section(value, this.placeOf(name), this.#findings)
    this.error(name, 'a mapping')
    return undefined
  }

  /** A list of mappings. */
  sections(name: string): readonly Section[] {
    return this.#list(name).flatMap((value, index) => {
      const path = `${this.placeOf(name)}[${index}]`
      if (isFields(value)) return [new Section(value, path, this.#findings)]
      this.#findings.errors.push(`${path} is ${JSON.stringify(value)}: expected a mapping`)
      return []
    })
  }

  /** The names of fields that were not asked for. */
  unread(): readonly string[] {
    return this.names.filter((name) => !this.#read.has(name))
  }

  #list(name: string): readonly unknown[] {
    this.#read.add(name)
    if (!this.has(name)) return []
    const value = this.#fields[name]
    if (Array.isArray(value)) return value
    this.error(name, 'a list')
    return []
  }

  #parsed<T>(name: string, expected: string, parse: (text: string) => T | undefined): T | undefined {
    const text = this.text(name)
    if (text === undefined) return undefined
    const value = parse(text)
    if (value === undefined) this.error(name, expected)
    return value
  }
}

/** Whether a value of a YAML document is a mapping. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
