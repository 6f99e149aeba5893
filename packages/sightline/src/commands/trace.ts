import { durationText } from '../text/quantities.ts'
import { type Palette, paletteOf, plain } from '../text/terminal.ts'
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
  readonly status: { readonly code: number; readonly message?: string }
}

/** A trace of `/api/traces/<id>`: OTLP in JSON, and its log records. */
interface Trace {
  readonly resourceSpans: ReadonlyArray<{
    readonly resource: { readonly attributes: readonly Attribute[] }
    readonly scopeSpans: ReadonlyArray<{ readonly spans: readonly Span[] }>
  }>
  readonly logs?: { readonly records: readonly LogRecord[] }
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
  const found = (await client.get(`/api/traces/${encodeURIComponent(id)}`)) as Trace
  if (wishes.json) {
    out.write(`${JSON.stringify(found)}\n`)
    return
  }
  const colours = paletteOf(out)
  out.write(treeText(found, colours))
  const records = found.logs?.records ?? []
  if (records.length > 0) out.write('\n')
  for (const record of records) out.write(`${logLine(record, colours)}\n`)
}

function treeText({ resourceSpans }: Trace, colours: Palette): string {
  const branches = resourceSpans
    .flatMap(({ resource, scopeSpans }) => {
      const service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue ?? ''
      return scopeSpans.flatMap(({ spans }) => spans.map((span) => branchOf(span, service)))
    })
    .toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0))
  const byId = new Map(branches.map((branch) => [branch.span.spanId, branch]))
  const roots: Branch[] = []
  for (const branch of branches) {
    const parent = byId.get(branch.span.parentSpanId ?? '')
    if (parent === undefined || parent === branch) roots.push(branch)
    else parent.children.push(branch)
  }

  const first = branches[0]?.start ?? 0n
  const last = branches.reduce((latest, { end }) => (end > latest ? end : latest), first)
  const rows: Array<{ label: string; duration: string; bar: string; problem: string }> = []
  // A cycle of parents has no root, and is left out. The stack replaces recursion: a trace may be very deep.
  const stack = roots.toReversed().map((branch) => ({ branch, depth: 0 }))
  for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
    const { branch, depth } = next
    const { span, service, start, end, children } = branch
    rows.push({
      label: `${'  '.repeat(Math.min(depth, 20))}${plain(service)} ${plain(span.name)}`,
      duration: durationText(end - start),
      bar: barOf(start - first, end - first, last - first),
      problem: span.status.code === 2 ? plain(`✗ ${span.status.message ?? ''}`).trimEnd() : '',
    })
    for (const child of children.toReversed()) stack.push({ branch: child, depth: depth + 1 })
  }
  const labels = Math.max(...rows.map(({ label }) => label.length))
  const durations = Math.max(...rows.map(({ duration }) => duration.length))
  return rows
    .map(({ label, duration, bar, problem }) => {
      const line = `${label.padEnd(labels)}  ${duration.padStart(durations)}  ${colours.blue(bar)}`
      return `${problem === '' ? line.trimEnd() : `${line}  ${colours.red(problem)}`}\n`
    })
    .join('')
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
