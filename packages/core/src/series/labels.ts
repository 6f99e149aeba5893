/** The labels of a series, by name. */
export type SeriesLabels = Readonly<Record<string, string>>

/** The labels of a series in both forms. */
export interface Labelled {
  /** The labels in the text formats, without braces: `method="GET",route="/orders"`. Unique within the family. */
  readonly labelText: string
  readonly labels: SeriesLabels
}

/** Formats labels as both text formats do, without braces. */
export function labelText(labels: Readonly<Record<string, string | number>>): string {
  let text = ''
  for (const name of Object.keys(labels)) {
    if (text !== '') text += ','
    text += `${name}="${escapeLabel(String(labels[name]))}"`
  }
  return text
}

/** Parses the output of {@link labelText}. */
export function labelsIn(text: string): SeriesLabels {
  const labels: Record<string, string> = {}
  let at = 0
  while (at < text.length) {
    const equals = text.indexOf('=', at)
    const from = equals + 2
    let to = from
    let isEscaped = false
    while (to < text.length && text.charCodeAt(to) !== QUOTE) {
      if (text.charCodeAt(to) === BACKSLASH) {
        isEscaped = true
        to++
      }
      to++
    }
    const value = text.slice(from, to)
    labels[text.slice(at, equals)] = isEscaped ? unescaped(value) : value
    // Skips the closing quotation mark and the comma.
    at = to + 2
  }
  return labels
}

/** Both forms of labels, from names and values. */
export function labelled(labels: SeriesLabels): Labelled {
  return { labelText: labelText(labels), labels }
}

const QUOTE = 34
const BACKSLASH = 92

/** A label value as both text formats write it between quotation marks. */
export function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
    : value
}

function unescaped(value: string): string {
  return value.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

/** Maximum length of a label value, in characters. Each value is kept in memory and sent with each scrape. */
export const MAX_LABEL_LENGTH = 1_024

/** Cuts a long label value, and marks the cut. Never splits a surrogate pair. */
export function boundedLabel(value: string): string {
  if (value.length <= MAX_LABEL_LENGTH) return value
  const last = value.charCodeAt(MAX_LABEL_LENGTH - 1)
  const isHalf = last >= 0xd800 && last <= 0xdbff
  return `${value.slice(0, isHalf ? MAX_LABEL_LENGTH - 1 : MAX_LABEL_LENGTH)}…`
}
