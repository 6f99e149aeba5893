import type { Logger } from 'pino'

import { privatePart, privateSymbol, setPrivatePart } from '../pino/pino-parts.ts'
import type { Printer } from '../printing/printer.ts'
import type { Fields } from '../seam.ts'

/**
 * Bindings that identify the process. They keep their names, and a call's field of the same name gets an underscore.
 */
const OF_PROCESS = ['pid', 'hostname']
/** The name of the binding that every Sightline logger has. */
export const SERVICE = 'service'

/** The names of those bindings of a logger that identify the process. */
export function namesOfProcess(logger: Logger): readonly string[] {
  const text = String(privatePart(logger, 'chindings'))
  return OF_PROCESS.filter((name) => text.includes(`"${name}":`))
}

/** The bindings of the original logger, which may change later: masked, each name once, together with the service. */
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

  /** @param ownNames the names that the logger writes besides its bindings */
  constructor(original: Logger, service: string, printer: Printer, ownNames: ReadonlySet<string>) {
    // pino's types do not declare its private parts.
    this.#original = original as unknown as Readonly<Record<symbol, unknown>>
    this.#place = privateSymbol(original, 'chindings') as symbol
    this.#service = service
    this.#printer = printer
    this.#ownNames = ownNames
  }

  /** All bindings in pino's form: the JSON text that each line contains. */
  get text(): string {
    this.#refresh()
    return this.#text
  }

  /** The bindings that win over a field of the same name, in pino's form. */
  get kept(): string {
    this.#refresh()
    return this.#kept
  }

  /** The bindings that lose against a field of the same name. */
  get replaceable(): Fields {
    this.#refresh()
    return this.#replaceable
  }

  /** Makes a logger and its descendants write all bindings, until a descendant gets bindings of its own. */
  follow(logger: Logger): void {
    Object.defineProperty(logger, this.#place, {
      configurable: true,
      get: () => this.text,
      set(this: Logger, text: string) {
        setPrivatePart(this, 'chindings', text)
      },
    })
  }

  /** Makes a logger and its descendants write the current bindings. */
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

/** Of two equal names the last one counts, as in every JSON parser. */
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
