/** A span as the tree shows it. */
export interface ShownSpan {
  readonly spanId: string
  readonly parentId: string | undefined
  readonly name: string
  /** Distinguishes spans of the same name: a status, a host. */
  readonly detail: string
  /** Milliseconds since the epoch. */
  readonly start: number
  readonly end: number
  readonly failed: boolean
  readonly events: readonly string[]
}

/** The style of the tree. */
export interface TreeStyle {
  readonly colors: boolean
  /** Width of the terminal, in columns. */
  readonly width: number
}

const MIN_LABEL = 30
const BAR = 24

const COLORS = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36, bold: 1 } as const
type Paint = (color: keyof typeof COLORS, text: string) => string

/**
 * Draws the spans of a trace, one line per span below its parent, with its duration and its position in the
 * trace.
 *
 * @returns lines that end with a line feed
 */
export function drawTree(traceId: string, spans: readonly ShownSpan[], { colors, width }: TreeStyle): string {
  const paint: Paint = colors
    ? (color, text) => `\u001b[${COLORS[color]}m${text}\u001b[0m`
    : (_color, text) => text
  const known = new Set(spans.map(({ spanId }) => spanId))
  const children = Map.groupBy(
    spans.toSorted((a, b) => a.start - b.start),
    ({ parentId }) => (parentId !== undefined && known.has(parentId) ? parentId : ''),
  )
  const start = Math.min(...spans.map((span) => span.start))
  const total = Math.max(...spans.map((span) => span.end)) - start
  const label = Math.max(MIN_LABEL, width - BAR - 16)

  function lines(span: ShownSpan, before: string, branch: string, below: string): string {
    const { name, detail, failed, events, spanId } = span
    const said = cut(
      printable(detail === '' ? name : `${name} ${detail}`),
      label - before.length - branch.length,
    )
    const shownName = failed ? paint('red', said) : branch === '' ? paint('bold', said) : said
    const padding = ' '.repeat(Math.max(1, label - before.length - branch.length - said.length))
    const ms = duration(span.end - span.start).padStart(9)
    const text = `${paint('dim', before + branch)}${shownName}${padding}${ms}  ${paint(failed ? 'red' : 'cyan', bar(span, start, total))}\n`
    const own = children.get(spanId) ?? []
    const rest = before + below
    const eventLines = events
      .map(
        (event) =>
          `${paint('dim', `${rest}${own.length > 0 ? '│  ' : '   '}`)}${paint('yellow', `· ${cut(printable(event), label)}`)}\n`,
      )
      .join('')
    const childLines = own
      .map((child, i) =>
        i < own.length - 1 ? lines(child, rest, '├─ ', '│  ') : lines(child, rest, '└─ ', '   '),
      )
      .join('')
    return text + eventLines + childLines
  }

  const roots = children.get('') ?? []
  return `${roots.map((root) => lines(root, '', '', '')).join('')}${paint('dim', `trace ${traceId}`)}\n\n`
}

/** A bar for the position and duration of a span within the trace. */
function bar({ start, end }: ShownSpan, from: number, total: number): string {
  const scale = total > 0 ? BAR / total : 0
  const before = Math.min(BAR - 1, Math.floor((start - from) * scale))
  const length = Math.max(1, Math.min(BAR - before, Math.round((end - start) * scale)))
  return `${' '.repeat(before)}${'━'.repeat(length)}`
}

function duration(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1_000).toFixed(1)} s`
  return `${ms.toFixed(ms < 10 ? 2 : 1)} ms`
}

function cut(text: string, length: number): string {
  const room = Math.max(8, length)
  return text.length > room ? `${text.slice(0, room - 1)}…` : text
}

/** Removes control characters: a foreign name must not control the terminal. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u001f\u007f-\u009f]/g, '·')
}
