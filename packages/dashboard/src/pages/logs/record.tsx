import { useSignal } from '@preact/signals'

import { msOf } from '../../format/times.ts'
import { graveOf, type Log, textOf } from '../../logs/log.ts'
import { type RecordField, recordFields } from '../../logs/record.ts'
import { fieldTerm } from '../../search/field-term.ts'
import { withText } from '../../search/terms.ts'
import { servicePath } from '../../shell/places.ts'
import { useApp } from '../../state/app.ts'
import { Marked } from './line.tsx'

/** A whole record. A press on the name of a field offers to search for its value, or for all without it. */
export function LogRecord({ log, words }: { log: Log; words: readonly string[] }) {
  const chosen = useSignal<string | undefined>(undefined)
  const groups = Map.groupBy(recordFields(log), ({ group }) => group)
  return (
    <pre class="json" tabIndex={0} aria-label="The whole record">
      {'{\n'}
      {[...groups].map(([group, fields], at) => (
        <span key={group}>
          {'  '}
          {fields.map((field, index) => (
            <span key={field.name}>
              <Name
                field={field}
                isChosen={chosen.value === field.name}
                choose={(name) => (chosen.value = name)}
              />
              {': '}
              <Written field={field} log={log} words={words} />
              {index < fields.length - 1 ? ', ' : at < groups.size - 1 ? ',' : ''}
            </span>
          ))}
          {'\n'}
        </span>
      ))}
      {'}'}
    </pre>
  )
}

function Name({
  field: { name, value, field },
  isChosen,
  choose,
}: {
  field: RecordField
  isChosen: boolean
  choose: (name: string | undefined) => void
}) {
  const { address } = useApp()
  if (field === undefined || typeof value === 'object') return <i>"{name}"</i>
  const search = (not: boolean) => {
    const q = address.params.peek().get('q') ?? ''
    address.adjust({ q: withText(q, fieldTerm(field, textOf(value), not)) })
  }
  return (
    <>
      <button
        type="button"
        class="fieldname"
        aria-expanded={isChosen}
        onClick={() => choose(isChosen ? undefined : name)}
      >
        "{name}"
      </button>
      {isChosen && (
        <span class="seg tiny">
          <button type="button" class="btn" onClick={() => search(false)}>
            Only this
          </button>
          <button type="button" class="btn" onClick={() => search(true)}>
            Not this
          </button>
        </span>
      )}
    </>
  )
}

function Written({
  field: { name, value },
  log,
  words,
}: {
  field: RecordField
  log: Log
  words: readonly string[]
}) {
  const { address } = useApp()
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value, undefined, 2) ?? '')
  if (name === 'trace_id') return <a href={address.to(`/traces/${log.traceId}`)}>{text}</a>
  if (name === 'span_id' && log.traceId !== '')
    return <a href={address.to(`/traces/${log.traceId}`, { span: log.spanId })}>{text}</a>
  if (name === 'service')
    return (
      <a href={address.to(servicePath(log.service), { at: String(Math.round(msOf(log.time))) })}>
        <bdi>{text}</bdi>
      </a>
    )
  if (name === 'level' && graveOf(log.level) === 'error') return <b class="bad">{text}</b>
  return <Marked text={text} words={words} />
}
