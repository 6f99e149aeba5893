import type { Logger } from 'pino'

import type { Fields } from '../seam.ts'
import { privatePart, privateSymbol, setPrivatePart } from './pino-parts.ts'
import type { Printer } from './printer.ts'

/** Bindings that say which process writes. A field of a call that is called so gets an underscore behind it. */
const OF_PROCESS = ['pid', 'hostname']
/** The name of the binding that every logger of ours has. */
export const SERVICE = 'service'

/** The names of those bindings of a logger that say which process writes. */
export function namesOfProcess(logger: Logger): readonly string[] {
  const text = String(privatePart(logger, 'chindings'))
  return OF_PROCESS.filter((name) => text.includes(`"${name}":`))
}

/** The bindings that a logger has from elsewhere, and may get there later: masked, each name once, with the service. */
export class BaseBindings {
  readonly #original: Readonly<Record<symbol, unknown>>
  readonly #place: symbol
  readonly #service: string
  readonly #printer: Printer
  readonly #ownNames: ReadonlySet<string>
  #read: unknown = undefined
  #text = ''
  #kept = ''
  #replaceable: Fields = {}

  /** @param ownNames what the logger writes beside its bindings */
  constructor(original: Logger, service: string, printer: Printer, ownNames: ReadonlySet<string>) {
    // pino's types do not show where it keeps them.
    this.#original = original as unknown as Readonly<Record<symbol, unknown>>
    this.#place = privateSymbol(original, 'chindings') as symbol
    this.#service = service
    this.#printer = printer
    this.#ownNames = ownNames
  }

  /** All of them, as pino keeps bindings: text that stands in each line. */
  get text(): string {
    this.#refresh()
    return this.#text
  }

  /** Those that stay where a line has a field of the same name, as such text. */
  get kept(): string {
    this.#refresh()
    return this.#kept
  }

  /** Those that make room for a field of the same name. */
  get replaceable(): Fields {
    this.#refresh()
    return this.#replaceable
  }

  /** Has a logger, and those below it until they get bindings of their own, write all of them. */
  follow(logger: Logger): void {
    Object.defineProperty(logger, this.#place, {
      configurable: true,
      get: () => this.text,
      set(this: Logger, text: string) {
        setPrivatePart(this, 'chindings', text)
      },
    })
  }

  /** Has a logger, and those below it, write those that there are now. */
  write(logger: Logger): void {
    setPrivatePart(logger, 'chindings', this.text)
  }

  #refresh(): void {
    const read = this.#original[this.#place]
    if (read === this.#read) return
    this.#read = read
    const all = { [SERVICE]: this.#service, ...this.#printer.fields(parsed(String(read)), this.#ownNames) }
    const kept: Fields = {}
    this.#replaceable = {}
    for (const [name, value] of Object.entries(all))
      (name === SERVICE || OF_PROCESS.includes(name) ? kept : this.#replaceable)[name] = value
    this.#text = textOf(all)
    this.#kept = textOf(kept)
  }
}

/** Where a name is in it twice, the last one counts, as for every reader of JSON. */
function parsed(text: string): object {
  try {
    return JSON.parse(`{${text.slice(1)}}`) as object
  } catch {
    return {}
  }
}

function textOf(bindings: Fields): string {
  const text = JSON.stringify(bindings).slice(1, -1)
  return text === '' ? '' : `,${text}`
}
