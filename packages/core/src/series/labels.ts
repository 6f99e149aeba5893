/** The labels of a series, by name. */
export type SeriesLabels = Readonly<Record<string, string>>

/** The labels of a series in both of their forms. */
export interface Labelled {
  /** As both text formats write them, without braces: `method="GET",route="/orders"`. It identifies the series in its family. */
  readonly labelText: string
  readonly labels: SeriesLabels
}

/** Writes labels as both text formats do, without braces. */
export function labelText(labels: Readonly<Record<string, string | number>>): string {
  let text = ''
  for (const name of Object.keys(labels)) {
    if (text !== '') text += ','
    text += `${name}="${escapeLabel(String(labels[name]))}"`
  }
  return text
}

/** The labels that {@link labelText} has written. */
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
    // The closing quotation mark and the comma.
    at = to + 2
  }
  return labels
}

/** Both forms of labels that are known by name. */
export function labelled(labels: SeriesLabels): Labelled {
  return { labelText: labelText(labels), labels }
}

const QUOTE = 34
const BACKSLASH = 92

/** The value of a label as both text formats write it between quotation marks. */
export function escapeLabel(value: string): string {
  return /[\\"\n]/.test(value)
    ? value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n')
    : value
}

function unescaped(value: string): string {
  return value.replace(/\\([\\"n])/g, (_, character: string) => (character === 'n' ? '\n' : character))
}

/** The length of a label value, in characters. A longer one would be held for good, and sent with each scrape. */
export const MAX_LABEL_LENGTH = 1_024

/** Cuts a label value that is too long, with a mark at its end. A character of two code units stays whole. */
export function boundedLabel(value: string): string {
  if (value.length <= MAX_LABEL_LENGTH) return value
  const last = value.charCodeAt(MAX_LABEL_LENGTH - 1)
  const isHalf = last >= 0xd800 && last <= 0xdbff
  return `${value.slice(0, isHalf ? MAX_LABEL_LENGTH - 1 : MAX_LABEL_LENGTH)}…`
}
