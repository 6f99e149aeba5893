import { durationText } from '../text/quantities.ts'
import { jsonLine, type Palette, paletteOf, plain } from '../text/terminal.ts'
import type { Asking } from './command.ts'
import { type LogRecord, logLine } from './log-line.ts'

interface Attribute {
  readonly key: string
  readonly value: { readonly stringValue?: string }
}

interface Span {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status?: { readonly code: number; readonly message?: string }
}

/** A trace of `/api/traces/<id>`: OTLP in JSON, and its log records. */
interface Trace {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly Span[] }>
  }>
  readonly logs?: { readonly logs: readonly LogRecord[] }
}

/** A span of the tree. */
interface Branch {
  readonly service: string
  readonly span: Span
  readonly start: bigint
  readonly end: bigint
  readonly children: Branch[]
}

/** The width of the time line, in characters. */
const WIDTH = 40

/** `sightline trace ID`: its spans as a tree with their time lines, then its log records. */
export async function trace({ client, wishes, out }: Asking, id: string): Promise<void> {
  // The shape of the hub's API.
  const found = (await client.get(`/api/traces/${encodeURIComponent(id)}`)) as Trace
  if (wishes.json) {
    out.write(jsonLine(found))
    return
  }
  const colours = paletteOf(out)
  out.write(treeText(found, colours))
  const records = found.logs?.logs ?? []
  if (records.length > 0) out.write('\n')
  for (const record of records) out.write(`${logLine(record, colours)}\n`)
}

function treeText(found: Trace, colours: Palette): string {
  const branches = branchesOf(found)
  const first = branches[0]?.start ?? 0n
  const last = branches.reduce((latest, { end }) => (end > latest ? end : latest), first)
  const rows = treeOrder(branches).map(({ branch: { span, service, start, end }, depth }) => ({
    label: `${'  '.repeat(Math.min(depth, 20))}${plain(service)} ${plain(span.name)}`,
    duration: durationText(end - start),
    bar: barOf(start - first, end - first, last - first),
    problem: span.status?.code === 2 ? plain(`✗ ${span.status.message ?? ''}`).trimEnd() : '',
  }))
  const labels = rows.reduce((width, { label }) => Math.max(width, label.length), 0)
  const durations = rows.reduce((width, { duration }) => Math.max(width, duration.length), 0)
  return rows
    .map(({ label, duration, bar, problem }) => {
      const line = `${label.padEnd(labels)}  ${duration.padStart(durations)}  ${colours.blue(bar)}`
      return `${problem === '' ? line.trimEnd() : `${line}  ${colours.red(problem)}`}\n`
    })
    .join('')
}

/** The spans of a trace by their start, each with its children. */
function branchesOf({ resourceSpans }: Trace): readonly Branch[] {
  const branches = resourceSpans
    .flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => branchOf(span, service)))
    })
    .toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  const byId = new Map(branches.map((branch) => [branch.span.spanId, branch]))
  for (const branch of branches) {
    const parent = byId.get(branch.span.parentSpanId ?? '')
    if (parent !== branch) parent?.children.push(branch)
  }
  return branches
}

/**
 * Each span once, below its parent. A span without a parent in the trace is a root, and so is the earliest span of a cycle. The
 * stack replaces recursion, since a trace may be very deep.
 */
function treeOrder(branches: readonly Branch[]): ReadonlyArray<{ branch: Branch; depth: number }> {
  const ids = new Set(branches.map(({ span }) => span.spanId))
  const isRoot = ({ span }: Branch) => span.parentSpanId === undefined || !ids.has(span.parentSpanId)
  const seen = new Set<Branch>()
  const ordered: Array<{ branch: Branch; depth: number }> = []
  for (const root of [...branches.filter(isRoot), ...branches]) {
    const stack = [{ branch: root, depth: 0 }]
    for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
      if (seen.has(next.branch)) continue
      seen.add(next.branch)
      ordered.push(next)
      for (const child of next.branch.children.toReversed())
        stack.push({ branch: child, depth: next.depth + 1 })
    }
  }
  return ordered
}

function branchOf(span: Span, service: string): Branch {
  return {
    service,
    span,
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
    children: [],
  }
}

function barOf(from: bigint, to: bigint, whole: bigint): string {
  if (whole <= 0n) return '█'.padEnd(WIDTH)
  const at = Math.min(WIDTH - 1, Math.floor((Number(from) / Number(whole)) * WIDTH))
  const length = Math.max(1, Math.round((Number(to - from) / Number(whole)) * WIDTH))
  return `${' '.repeat(at)}${'█'.repeat(Math.min(length, WIDTH - at))}`.padEnd(WIDTH)
}
