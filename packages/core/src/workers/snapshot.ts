import {
  type Across,
  type ExpositionFormat,
  type Family,
  familyHead,
  type FamilyType,
  numberText,
} from '../series/exposition.ts'

/** One family as a worker had it. */
export interface SnapshotFamily {
  readonly name: string
  help: string
  type: FamilyType
  across: Across
  /** By name and labels, as they are written. */
  readonly series: Map<string, number>
}

/** Everything that a worker had, by name. */
export type Snapshot = ReadonlyMap<string, SnapshotFamily>

/** How a family's values become those of a whole. */
function acrossOf({ type, across }: Pick<Family, 'type' | 'across'>): Across {
  return across ?? (type === 'counter' || type === 'histogram' ? 'sum' : 'each')
}

/** The head of a family as workers send it: a comment tells what is to be done with it. */
export function sentHead(family: Family, format: ExpositionFormat): string {
  return `${familyHead(family, format)}# ACROSS ${family.name} ${acrossOf(family)}\n`
}

/** Reads what a worker sends: the text format 0.0.4 as it is written here, in pieces of whole lines. */
export class SnapshotReader {
  readonly #families = new Map<string, SnapshotFamily>()
  #current: SnapshotFamily | undefined

  get snapshot(): Snapshot {
    return this.#families
  }

  /** Takes the next piece. */
  take(text: string): void {
    for (let from = 0, to = text.indexOf('\n'); to >= 0; from = to + 1, to = text.indexOf('\n', from)) {
      if (text.startsWith('# ', from)) this.#comment(text.slice(from + 2, to))
      else this.#sample(text.slice(from, to))
    }
  }

  /** `HELP name text`, `TYPE name type`, `ACROSS name rule` */
  #comment(line: string): void {
    const [, word, name = '', rest = ''] = /^(\w+) (\S+) ?(.*)$/.exec(line) ?? []
    if (word === 'HELP') this.#current = this.#familyOf(name)
    if (this.#current?.name !== name) return
    // What follows was written by this very code in another process, of the same version or a near one.
    if (word === 'HELP') this.#current.help = unescaped(rest)
    else if (word === 'TYPE') this.#current.type = rest === 'untyped' ? 'unknown' : (rest as FamilyType)
    else if (word === 'ACROSS') this.#current.across = rest as Across
  }

  #sample(line: string): void {
    const space = line.lastIndexOf(' ')
    if (space > 0) this.#current?.series.set(line.slice(0, space), valueOf(line.slice(space + 1)))
  }

  #familyOf(name: string): SnapshotFamily {
    let family = this.#families.get(name)
    if (family === undefined) {
      family = { name, help: '', type: 'unknown', across: 'each', series: new Map() }
      this.#families.set(name, family)
    }
    return family
  }
}

function valueOf(text: string): number {
  if (text === '+Inf') return Number.POSITIVE_INFINITY
  return text === '-Inf' ? Number.NEGATIVE_INFINITY : Number(text)
}

function unescaped(help: string): string {
  return help.replace(/\\([\\n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

/** A family of a whole, to be written. */
export function wholeFamily(
  { name, help, type, across }: Omit<SnapshotFamily, 'series'>,
  series: ReadonlyMap<string, number>,
): Family {
  return {
    name,
    help,
    type,
    // A whole may be a part itself: of a cluster whose worker has threads.
    across,
    *samples(format) {
      const suffix =
        format === 'openmetrics' && type === 'counter' && !name.endsWith('_total') ? '_total' : ''
      for (const [key, value] of series)
        yield `${suffix === '' ? key : name + suffix + key.slice(name.length)} ${numberText(value)}\n`
    },
  }
}
