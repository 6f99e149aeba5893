import { type ReadonlySignal, useSignal, useSignalEffect } from '@preact/signals'

import { useApp } from '../../state/app.ts'
import { criticalPath } from '../../trace/critical-path.ts'
import { readTrace } from '../../trace/read.ts'
import { attribute, isWaiting } from '../../trace/span.ts'
import { treeOf } from '../../trace/tree.ts'

/** What is in a trace, in milliseconds of its critical path. */
export interface Content {
  readonly database: number
  readonly waiting: number
  readonly rest: number
  /** Calls of databases, also those beside the critical path. */
  readonly calls: number
}

/** Traces of the list that are looked into. */
const MOST = 25

/** Looks into the first traces of a list, one after the other, each once. */
export function useContents(
  ids: ReadonlySignal<readonly string[]>,
): ReadonlySignal<ReadonlyMap<string, Content>> {
  const { api } = useApp()
  const contents = useSignal<ReadonlyMap<string, Content>>(new Map())
  useSignalEffect(() => {
    const aborting = new AbortController()
    const wanted = ids.value.slice(0, MOST)
    void (async () => {
      for (const id of wanted) {
        if (aborting.signal.aborted) return
        if (contents.peek().has(id)) continue
        const otlp = await api.get<unknown>(`/api/traces/${id}`, { logs: 0 }, aborting.signal)
        contents.value = new Map([...contents.peek(), [id, contentOf(otlp)]])
      }
    })().catch(() => {
      // The list says so if the hub does not answer. A trace that is gone has no content.
    })
    return () => aborting.abort()
  })
  return contents
}

function contentOf(otlp: unknown): Content {
  const trace = readTrace(otlp)
  const content = { database: 0, waiting: 0, rest: 0 }
  const isQuery = (span: (typeof trace.spans)[number]) =>
    span.kind === 'client' && attribute(span, 'db.system.name', 'db.system') !== ''
  for (const { span, from, to } of criticalPath(treeOf(trace)))
    content[isWaiting(span) ? 'waiting' : isQuery(span) ? 'database' : 'rest'] += to - from
  return { ...content, calls: trace.spans.filter(isQuery).length }
}

/** A bar of the parts of a trace's time. */
export function TimeSpent({ content }: { content: Content | undefined }) {
  return (
    <span class="split">
      {content !== undefined &&
        (
          [
            ['p1', content.database],
            ['p2', content.waiting],
            ['p4', content.rest],
          ] as const
        ).map(([name, ms]) => ms > 0 && <i key={name} class={name} style={{ flex: String(ms) }} />)}
    </span>
  )
}
