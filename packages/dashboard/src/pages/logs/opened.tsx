import { useSignal } from '@preact/signals'
import { useLayoutEffect, useRef } from 'preact/hooks'

import { useLoaded } from '../../api/answer.ts'
import { curlOf } from '../../format/share.ts'
import { type Log, type LogsAnswer, pageOf } from '../../logs/log.ts'
import { markdownOf, plainRecord } from '../../logs/record.ts'
import type { Row } from '../../logs/rows.ts'
import { CopyMenu } from '../../parts/copy.tsx'
import { MiniLogs } from '../../parts/mini-logs.tsx'
import { Failed } from '../../parts/shown.tsx'
import { fieldTerm } from '../../search/field-term.ts'
import { useApp } from '../../state/app.ts'
import type { LineStyle } from './line.tsx'
import { LogRecord } from './record.tsx'

/** What a line opens to: what can be done with it, the whole record, and the lines around it when they are asked for. */
export function Opened({
  row: { log, times },
  style: { words },
  onResize,
}: {
  row: Row
  style: LineStyle
  /** Called when it is there, and when its height changes. */
  onResize: () => void
}) {
  const { address } = useApp()
  const hasAround = useSignal(false)
  const { 'exception.type': type } = log.attributes
  return (
    <div class="opened" ref={useResize(onResize)}>
      <div class="acts">
        {log.traceId !== '' && (
          <a
            class="btn tiny"
            href={address.to(`/traces/${log.traceId}`, { span: log.spanId === '' ? null : log.spanId })}
          >
            Open trace
          </a>
        )}
        <button
          class="btn tiny"
          type="button"
          aria-pressed={hasAround.value}
          onClick={() => (hasAround.value = !hasAround.value)}
        >
          Surrounding lines
        </button>
        {log.traceId !== '' && (
          <button
            class="btn tiny"
            type="button"
            onClick={() => address.adjust({ q: fieldTerm('trace', log.traceId) })}
          >
            This request
          </button>
        )}
        {typeof type === 'string' && type !== '' && (
          <a class="btn tiny" href={address.to('/errors', { q: `${type} ${log.service}` })}>
            Errors of this type
          </a>
        )}
        <CopyMenu
          class="btn tiny menu"
          of={{
            link: () => ({ open: log.cursor }),
            json: () => plainRecord(log),
            curl: () =>
              curlOf(location.origin, '/api/logs/around', { cursor: log.cursor, before: 0, after: 0 }),
            markdown: () => markdownOf(log),
          }}
        />
        {times > 1 && (
          <button class="btn tiny" type="button" onClick={() => address.adjust({ fold: '0' })}>
            Show all {times}
          </button>
        )}
      </div>
      {hasAround.value && <Around log={log} />}
      <LogRecord log={log} words={words} />
    </div>
  )
}

/** The lines of the same instance before and after one, whatever the search is. */
function Around({ log }: { log: Log }) {
  const { answer, retry } = useLoaded((api, aborted) =>
    api.get<LogsAnswer>('/api/logs/around', { cursor: log.cursor, before: 12, after: 8 }, aborted),
  )
  const { value, error } = answer.value
  if (error !== undefined) return <Failed error={error} retry={retry} />
  if (value === undefined) return null
  return <MiniLogs logs={pageOf(value).logs} zero={log} />
}

/** Calls a function when the element is there, whenever its height changes, and when it is gone. */
function useResize(onResize: () => void) {
  const element = useRef<HTMLDivElement>(null)
  const latest = useRef(onResize)
  latest.current = onResize
  useLayoutEffect(() => {
    const { current } = element
    if (current === null) return undefined
    const observer = new ResizeObserver(() => latest.current())
    observer.observe(current)
    return () => {
      observer.disconnect()
      latest.current()
    }
  }, [])
  return element
}
