import { compareText, quoted } from './text.ts'

/** The label that holds the name of the metric. */
export const METRIC_NAME = '__name__'

const ONLY_METRIC_NAME: ReadonlySet<string> = new Set([METRIC_NAME])

/**
 * The labels of a series: sorted by name, none of them empty, as an empty label is the same as a missing one. Never
 * changed: what takes labels away or adds one makes another set.
 */
export class LabelSet {
  /** Names and values in turn. */
  readonly pairs: readonly string[]
  #key: string | undefined
  #nameless: LabelSet | undefined

  private constructor(pairs: readonly string[]) {
    this.pairs = pairs
  }

  /** From names and their values. */
  static of(labels: Readonly<Record<string, string>>): LabelSet {
    const names = Object.keys(labels)
      .filter((name) => labels[name] !== '')
      .toSorted(compareText)
    return new LabelSet(names.flatMap((name) => [name, labels[name] ?? '']))
  }

  /** Orders by names and values, as Prometheus sorts series. */
  static compare(a: LabelSet, b: LabelSet): number {
    const length = Math.min(a.pairs.length, b.pairs.length)
    for (let index = 0; index < length; index++) {
      const order = compareText(a.pairs[index] ?? '', b.pairs[index] ?? '')
      if (order !== 0) return order
    }
    return a.pairs.length - b.pairs.length
  }

  /** One text for each set: equal sets have equal keys, others never have. */
  get key(): string {
    this.#key ??= this.pairs.map((text) => `${text.length}:${text}`).join('')
    return this.#key
  }

  /** The value of a label; empty where it is missing. */
  get(name: string): string {
    for (let index = 0; index < this.pairs.length; index += 2) {
      if (this.pairs[index] === name) return this.pairs[index + 1] ?? ''
    }
    return ''
  }

  /** Without the name of the metric. */
  nameless(): LabelSet {
    this.#nameless ??= this.without(ONLY_METRIC_NAME)
    return this.#nameless
  }

  without(names: ReadonlySet<string>): LabelSet {
    return this.#filtered((name) => !names.has(name))
  }

  keep(names: ReadonlySet<string>): LabelSet {
    return this.#filtered((name) => names.has(name))
  }

  /** With another value for one label; an empty one removes it. */
  with(name: string, value: string): LabelSet {
    return LabelSet.of({ ...this.toRecord(), [name]: value })
  }

  toRecord(): Record<string, string> {
    const entries: Array<[string, string]> = []
    for (let index = 0; index < this.pairs.length; index += 2)
      entries.push([this.pairs[index] ?? '', this.pairs[index + 1] ?? ''])
    return Object.fromEntries(entries)
  }

  /** As Prometheus writes it in errors: `{__name__="up", job="api"}`. */
  toString(): string {
    const labels = Object.entries(this.toRecord()).map(([name, value]) => `${name}=${quoted(value)}`)
    return `{${labels.join(', ')}}`
  }

  #filtered(isKept: (name: string) => boolean): LabelSet {
    const pairs: string[] = []
    for (let index = 0; index < this.pairs.length; index += 2) {
      const name = this.pairs[index] ?? ''
      if (isKept(name)) pairs.push(name, this.pairs[index + 1] ?? '')
    }
    if (pairs.length === this.pairs.length) return this
    return pairs.length === 0 ? NO_LABELS : new LabelSet(pairs)
  }
}

/** No labels at all. Not a static field: TypeScript 7.0 compiles one that refers to its own class before it exists. */
export const NO_LABELS = LabelSet.of({})
