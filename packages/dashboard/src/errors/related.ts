/** A trace as OTLP in JSON, with what is read of it here. */
export interface OtlpTrace {
  readonly resourceSpans?: ReadonlyArray<{
    readonly resource?: { readonly attributes?: readonly Attribute[] }
    readonly scopeSpans?: ReadonlyArray<{ readonly spans?: readonly OtlpSpan[] }>
  }>
}

interface Attribute {
  readonly key: string
  readonly value?: { readonly stringValue?: string }
}

interface OtlpSpan {
  readonly spanId: string
  readonly parentSpanId?: string
  readonly name: string
  readonly startTimeUnixNano: string
  readonly events?: ReadonlyArray<{ readonly name: string; readonly attributes?: readonly Attribute[] }>
}

/** An error of another type in the same trace. */
export interface OtherError {
  readonly type: string
  readonly service: string
}

/** What stands out in the trace of an error. */
export interface Related {
  /** The errors of deeper calls, deepest first: one of them is the cause. */
  readonly causes: readonly OtherError[]
  /** The errors that it led to in its callers. */
  readonly effects: readonly OtherError[]
  /** Calls that were made again and again below one span. */
  readonly repeated: { readonly name: string; readonly times: number } | undefined
}

/** Calls of one name below one span that are called repeated. */
const OFTEN = 10

/** Reads from a trace which other errors are in it, and which call repeats most. */
export function relatedOf(trace: OtlpTrace, type: string): Related {
  const spans = (trace.resourceSpans ?? []).flatMap(({ resource, scopeSpans = [] }) => {
    const service = textOf(resource?.attributes, 'service.name')
    return scopeSpans.flatMap((scope) => (scope.spans ?? []).map((span) => ({ ...span, service })))
  })
  const parents = new Map(spans.map(({ spanId, parentSpanId }) => [spanId, parentSpanId]))
  const depthOf = (id: string | undefined): number => {
    let depth = 0
    for (let at = id; at !== undefined && depth < 500; at = parents.get(at)) depth++
    return depth
  }
  const errors = new Map<string, OtherError & { depth: number }>()
  const counts = new Map<string, { name: string; times: number }>()
  let own = 0
  for (const { spanId, parentSpanId = '', name, service, events = [] } of spans) {
    for (const event of events) {
      const other = event.name === 'exception' ? textOf(event.attributes, 'exception.type') : ''
      const depth = depthOf(spanId)
      if (other === type) own = Math.max(own, depth)
      else if (other !== '' && depth > (errors.get(`${other}\n${service}`)?.depth ?? 0))
        errors.set(`${other}\n${service}`, { type: other, service, depth })
    }
    const key = `${parentSpanId}\n${name}`
    counts.set(key, { name, times: (counts.get(key)?.times ?? 0) + 1 })
  }
  const [most] = [...counts.values()].toSorted((a, b) => b.times - a.times)
  const others = [...errors.values()].toSorted((a, b) => b.depth - a.depth)
  const plain = ({ type: other, service }: OtherError): OtherError => ({ type: other, service })
  return {
    causes: others.filter(({ depth }) => depth > own).map(plain),
    effects: others.filter(({ depth }) => depth <= own).map(plain),
    repeated: most !== undefined && most.times >= OFTEN ? most : undefined,
  }
}

const textOf = (attributes: readonly Attribute[] | undefined, key: string): string =>
  attributes?.find((attribute) => attribute.key === key)?.value?.stringValue ?? ''
