/** What can be completed at a place of an expression. */
export interface Context {
  /** `name`: a metric, function or keyword; `label`: a label's name; `value`: a label's value; `range`: a duration. */
  readonly kind: 'name' | 'label' | 'value' | 'range' | 'none'
  /** Where the word begins that is to be completed. It ends at the cursor. */
  readonly from: number
  readonly word: string
  /** The metric whose labels are meant, if it is known. */
  readonly metric?: string
  /** The label whose value is typed. */
  readonly label?: string
}

/** A metric with what is known of it, or a part of the language. */
export interface Suggestion {
  readonly text: string
  /** What it is. */
  readonly about: string
  /** How it is written, with what follows it. */
  readonly inserted: string
}

const FUNCTIONS =
  'abs absent absent_over_time avg_over_time ceil changes clamp clamp_max clamp_min count_over_time day_of_week days_in_month delta deriv exp floor histogram_quantile holt_winters hour idelta increase irate label_join label_replace last_over_time ln log10 log2 max_over_time min_over_time minute month predict_linear present_over_time quantile_over_time rate resets round scalar sgn sort sort_desc sqrt stddev_over_time sum_over_time time timestamp vector year'.split(
    ' ',
  )
const AGGREGATIONS = 'avg bottomk count count_values group max min quantile stddev stdvar sum topk'.split(' ')
const KEYWORDS = 'and bool by group_left group_right ignoring offset on or unless without'.split(' ')
/** Keywords with a list of labels. */
const LISTS = /\b(?:by|without|on|ignoring|group_left|group_right)\s*$/
const RANGES = ['1m', '5m', '15m', '1h', '1d']
const MOST = 12

/** Finds what is typed at the cursor. */
export function contextAt(text: string, cursor: number): Context {
  /** The open brackets, each with its place. */
  const open: number[] = []
  let quote: { readonly mark: string; readonly at: number } | undefined
  for (let at = 0; at < cursor; at++) {
    const char = text[at] ?? ''
    if (quote !== undefined) {
      if (char === '\\' && quote.mark !== '`') at++
      else if (char === quote.mark) quote = undefined
    } else if (char === '"' || char === "'" || char === '`') quote = { mark: char, at }
    else if ('({['.includes(char)) open.push(at)
    else if (')}]'.includes(char)) open.pop()
  }
  const last = open.at(-1)
  const bracket = last === undefined ? '' : text[last]
  const before = text.slice(0, last ?? 0)
  const metric = bracket === '{' ? /([a-z_:][\w:]*)\s*$/i.exec(before)?.[1] : metricOf(text)
  const about = metric === undefined ? {} : { metric }

  if (quote !== undefined) {
    const label = /([a-z_]\w*)\s*(?:=~|!~|!=|=)\s*$/i.exec(text.slice(0, quote.at))?.[1]
    const from = quote.at + 1
    const word = text.slice(from, cursor)
    return bracket === '{' && label !== undefined
      ? { kind: 'value', from, word, label, ...about }
      : { kind: 'none', from, word }
  }
  const word = /[\w:]*$/.exec(text.slice(0, cursor))?.[0] ?? ''
  const place = { from: cursor - word.length, word }
  if (bracket === '[') return { kind: 'range', ...place }
  if (bracket === '{' || (bracket === '(' && LISTS.test(before))) return { kind: 'label', ...place, ...about }
  return /^\d/.test(word) ? { kind: 'none', ...place } : { kind: 'name', ...place }
}

/** The first metric of an expression, as far as its name tells it from a label or a part of the language. */
export function metricOf(text: string): string | undefined {
  const plain = text.replaceAll(/"(?:[^"\\]|\\.)*"|\{[^}]*\}|\[[^\]]*\]/g, ' ')
  for (const [, name = '', called] of plain.matchAll(/([a-z_:][\w:]*)(\s*\()?/gi))
    if (called === undefined && /[_:]/.test(name) && !KEYWORDS.includes(name)) return name
  return undefined
}

/** What fits a context. `found`: metrics with what they are, names of labels, or values, by the kind of the context. */
export function suggestionsOf(
  { kind, word }: Context,
  found: ReadonlyArray<readonly [text: string, about: string]>,
): readonly Suggestion[] {
  const plain = (text: string, about: string): Suggestion => ({ text, about, inserted: text })
  const called = (text: string, about: string): Suggestion => ({ text, about, inserted: `${text}(` })
  const all: Suggestion[] = []
  if (kind === 'range') all.push(...RANGES.map((text) => plain(text, 'range')))
  if (kind === 'value' || kind === 'label') all.push(...found.map(([text, about]) => plain(text, about)))
  if (kind === 'name') {
    if (word === '') return []
    all.push(
      ...found.map(([text, about]) => plain(text, about)),
      ...FUNCTIONS.map((text) => called(text, 'function')),
      ...AGGREGATIONS.map((text) => called(text, 'aggregation')),
      ...KEYWORDS.map((text) => plain(text, 'keyword')),
    )
  }
  const part = word.toLowerCase()
  return all
    .filter(({ text }) => text.toLowerCase().includes(part) && text !== word)
    .toSorted((a, b) => Number(startsWith(b, part)) - Number(startsWith(a, part)))
    .slice(0, MOST)
}

const startsWith = ({ text }: Suggestion, part: string) => text.toLowerCase().startsWith(part)

/** Puts a suggestion in the place of the typed word. Returns the text and where the cursor is then. */
export function completed(
  text: string,
  cursor: number,
  { from, kind }: Context,
  { inserted }: Suggestion,
): readonly [text: string, cursor: number] {
  const escaped = kind === 'value' ? inserted.replaceAll(/["\\]/g, '\\$&') : inserted
  return [text.slice(0, from) + escaped + text.slice(cursor), from + escaped.length]
}
