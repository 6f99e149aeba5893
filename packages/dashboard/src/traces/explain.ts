/** A value of an attribute, and the shares of both sides that have it. */
interface ExplainedValue {
  readonly value: string
  readonly insideShare: number
  readonly outsideShare: number
}

/** The answer of `/api/explain`. */
export interface Explained {
  readonly inside: number
  readonly outside: number
  readonly complete: boolean
  readonly attributes: ReadonlyArray<{
    readonly key: string
    readonly score: number
    readonly values: readonly ExplainedValue[]
  }>
}

/** A part of the sentence: what most of the selection has in common. */
export interface Phrase {
  /** `All ran`, `83 % have`. */
  readonly before: string
  /** Written strong: the value. */
  readonly strong: string
  /** `; of the rest 4 %`. */
  readonly after: string
}

/** Attributes that say the same as one that is told already. */
const SAME: Readonly<Record<string, string>> = {
  'host.name': 'service.instance.id',
  'process.pid': 'service.instance.id',
  'http.target': 'http.route',
  'span.name': 'http.route',
}
const PHRASES = 3
/** Least difference of the shares. */
const LEAST = 0.3

/** What the selected have in common and the others have not, the greatest difference first. */
export function phrasesOf({ attributes }: Explained): Phrase[] {
  const told = new Set<string>()
  const phrases: Phrase[] = []
  for (const { key, values } of attributes) {
    const [value] = values
    const same = SAME[key]
    if (value === undefined || value.insideShare - value.outsideShare < LEAST) continue
    if (same !== undefined && told.has(same)) continue
    told.add(key)
    phrases.push(phraseOf(key, value))
    if (phrases.length === PHRASES) break
  }
  return phrases
}

function phraseOf(key: string, { value, insideShare, outsideShare }: ExplainedValue): Phrase {
  const all = insideShare >= 0.995
  const who = all ? 'All' : percent(insideShare)
  const after = `; of the rest ${outsideShare === 0 ? 'none' : percent(outsideShare)}`
  switch (key) {
    case 'service.version':
      return { before: `${who} ran version`, strong: value, after }
    case 'service.instance.id':
      return { before: `${who} ran on`, strong: value, after }
    case 'calls':
      return { before: `${who} called`, strong: value, after }
    case 'error.type':
      return { before: `${who} failed with`, strong: value, after }
    default:
      return { before: `${who} ${all ? 'have' : 'have'} ${key}`, strong: value, after }
  }
}

const percent = (share: number): string =>
  `${share < 0.01 && share > 0 ? 'less than 1' : Math.round(share * 100)} %`
