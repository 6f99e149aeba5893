/** Labels of one series of a family. Their names and number are the hub's own. */
export type FamilyLabels = Readonly<Record<string, string>>

/** A value of a family at the time of the question. */
export interface FamilySample {
  /** Appended to the name of the family: `_bucket`, `_sum`, `_count`. */
  readonly suffix: string
  readonly labels: FamilyLabels
  readonly value: number
}

/** Metrics of the hub itself. */
export interface Family {
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly help: string
  samples(): readonly FamilySample[]
}

/** A counter with labels. */
export class Counter implements Family {
  readonly type = 'counter'
  readonly name: string
  readonly help: string
  readonly #most: number
  readonly #values = new Map<string, { readonly labels: FamilyLabels; value: number }>()

  /** @param most Most label sets, since the names of services are the senders' */
  constructor(name: string, help: string, most = 1_000) {
    this.name = name
    this.help = help
    this.#most = most
  }

  add(labels: FamilyLabels, amount = 1): void {
    const key = JSON.stringify(labels)
    const found = this.#values.get(key)
    if (found !== undefined) found.value += amount
    else if (this.#values.size < this.#most) this.#values.set(key, { labels, value: amount })
  }

  samples(): readonly FamilySample[] {
    return Array.from(this.#values.values(), ({ labels, value }) => ({ suffix: '', labels, value }))
  }
}

/** Seconds from a request to its answer. */
const BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10]

/** A histogram of durations in seconds, with one label. */
export class Durations implements Family {
  readonly type = 'histogram'
  readonly name: string
  readonly help: string
  readonly #label: string
  readonly #values = new Map<string, { readonly buckets: number[]; sum: number; count: number }>()

  constructor(name: string, help: string, label: string) {
    this.name = name
    this.help = help
    this.#label = label
  }

  /** @param label One of a fixed list */
  observe(label: string, seconds: number): void {
    let value = this.#values.get(label)
    if (value === undefined)
      this.#values.set(label, (value = { buckets: BOUNDS.map(() => 0), sum: 0, count: 0 }))
    const bucket = BOUNDS.findIndex((bound) => seconds <= bound)
    if (bucket !== -1) value.buckets[bucket] = (value.buckets[bucket] ?? 0) + 1
    value.sum += seconds
    value.count++
  }

  samples(): readonly FamilySample[] {
    return Array.from(this.#values).flatMap(([label, { buckets, sum, count }]) => {
      const labels = { [this.#label]: label }
      let below = 0
      return [
        ...buckets.map((own, index) => {
          const le = String(BOUNDS[index])
          return { suffix: '_bucket', labels: { ...labels, le }, value: (below += own) }
        }),
        { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: count },
      ]
    })
  }
}

/** A family whose values are asked for. */
export function asked(
  type: 'counter' | 'gauge',
  name: string,
  help: string,
  values: () => ReadonlyArray<readonly [labels: FamilyLabels, value: number]>,
): Family {
  return {
    name,
    type,
    help,
    samples: () => values().map(([labels, value]) => ({ suffix: '', labels, value })),
  }
}

/** Renders families in the text format of Prometheus, version 0.0.4. */
export function textOf(families: readonly Family[]): string {
  return families.map(familyText).join('')
}

function familyText(family: Family): string {
  const { name, type, help } = family
  const lines = family.samples().map(({ suffix, labels, value }) => {
    const pairs = Object.entries(labels).map(([key, text]) => `${key}="${text.replace(/[\\"\n]/g, escaped)}"`)
    return `${name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`
  })
  return lines.length === 0 ? '' : `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function escaped(character: string): string {
  return character === '\n' ? '\\n' : `\\${character}`
}
