import { textOf } from '../../format/numbers.ts'
import { colourOf, type Model } from '../../trace/model.ts'
import { areInTurn, type Row } from '../../trace/rows.ts'
import { attribute, isWaiting, outcomeOf, peerOf, type Span } from '../../trace/span.ts'

/** Calls in a group from which on it is marked. */
const MANY = 10
/** Parts of a group's bar that are drawn. */
const DRAWN = 100
/** Share of the trace from which on a part of the critical path is drawn. */
const LEAST = 0.003
/** Marks of a row that are drawn. */
const MARKS = 40

/** A row of the waterfall. */
export function SpanRow({
  row,
  index,
  model,
  tick,
  isSelected,
  isStop,
  isFound,
  isPathShown,
  onSelect,
  onTurn,
}: {
  row: Row
  /** From 1. */
  index: number
  model: Model
  /** Distance of two lines of the axis, as a share of its width. */
  tick: number
  isSelected: boolean
  /** Whether Tab stops here. */
  isStop: boolean
  isFound: boolean
  isPathShown: boolean
  onSelect: (id: string) => void
  onTurn: (key: string) => void
}) {
  const { span, spans, isOpen, key } = row
  const total = model.trace.duration
  const first = Math.min(...spans.map(({ start }) => start))
  const last = Math.max(...spans.map(({ start, duration }) => start + duration))
  const took = spans.length > 1 && isOpen === false ? last - first : span.duration
  return (
    <div
      class="wf-row"
      role="row"
      tabIndex={isStop ? 0 : -1}
      data-key={key}
      aria-rowindex={index}
      aria-level={row.depth + 1}
      aria-selected={isSelected}
      aria-expanded={isOpen}
      aria-label={saidOf(row, took)}
      onClick={() => onSelect(span.id)}
    >
      <Name row={row} model={model} isFound={isFound} onTurn={onTurn} />
      <div class="wf-took" role="gridcell">
        {textOf(took / 1_000, 's')}
      </div>
      <div class="wf-time" role="gridcell" style={{ '--tick': percent(tick) }}>
        <div
          class={`wf-bar ${colourOf(model, span.service)} ${barKind(row)}`}
          style={{ left: percent(first / total), width: percent((last - first) / total) }}
        >
          {spans.length > 1 &&
            spans.slice(0, DRAWN).map((each) => (
              <i
                key={each.id}
                style={{
                  left: percent((each.start - first) / Math.max(last - first, 1e-9)),
                  width: percent(each.duration / Math.max(last - first, 1e-9)),
                }}
              />
            ))}
        </div>
        {isPathShown && <Path row={row} model={model} />}
        <Marks spans={spans} model={model} />
      </div>
    </div>
  )
}

function Name({
  row: { span, spans, depth, isOpen, isOrphan, key },
  model,
  isFound,
  onTurn,
}: {
  row: Row
  model: Model
  isFound: boolean
  onTurn: (key: string) => void
}) {
  const isGroup = spans.length > 1
  const about = [peerOf(span) || attribute(span, 'code.file.path'), isGroup ? meanText(spans) : '']
    .filter(Boolean)
    .join(', ')
  const outcome = outcomeOf(span)
  return (
    <div class="wf-name" role="gridcell" title={span.name}>
      <span class="tree" aria-hidden="true">
        {Array.from({ length: Math.min(depth, 24) }, (_, at) => (
          <i key={at} />
        ))}
      </span>
      {isOpen === undefined ? (
        <i style={{ flex: 'none', width: '.625rem' }} />
      ) : (
        <button
          type="button"
          class="open"
          tabIndex={-1}
          aria-expanded={isOpen}
          aria-label={isOpen ? 'Fold' : 'Unfold'}
          onClick={(event) => {
            event.stopPropagation()
            onTurn(key)
          }}
        />
      )}
      <i class={`svc ${colourOf(model, span.service)}`} />
      <span class="op">
        {isGroup && <span class="times">{spans.length} × </span>}
        {isFound ? (
          <mark>
            <bdi>{span.name}</bdi>
          </mark>
        ) : (
          <bdi>{span.name}</bdi>
        )}
        {about !== '' && (
          <span class="peer">
            {' '}
            <bdi>{about}</bdi>
          </span>
        )}
      </span>
      {spans.length >= MANY && areInTurn(spans) && <span class="tag warn">N+1</span>}
      {isOrphan && <span class="tag">parent missing</span>}
      {outcome !== '' && <span class="bad small strong">{outcome}</span>}
    </div>
  )
}

function Path({ row: { spans, isOpen }, model }: { row: Row; model: Model }) {
  // An open group has the path in the rows of its spans.
  if (isOpen === true && spans.length > 1) return null
  const total = model.trace.duration
  const segments = spans.flatMap(({ id }) => model.path.get(id) ?? [])
  return (
    <>
      {joined(segments, total / 400)
        .filter(({ from, to }) => to - from >= total * LEAST)
        .map(({ from, to }) => (
          <div
            key={from}
            class="wf-crit"
            style={{ left: percent(from / total), width: `max(2px, ${percent((to - from) / total)})` }}
          />
        ))}
    </>
  )
}

/** Joins times that are less than a pixel apart. */
function joined(
  segments: ReadonlyArray<{ from: number; to: number }>,
  gap: number,
): Array<{ from: number; to: number }> {
  const result: Array<{ from: number; to: number }> = []
  for (const { from, to } of segments) {
    const before = result.at(-1)
    if (before !== undefined && from - before.to <= gap) before.to = Math.max(before.to, to)
    else result.push({ from, to })
  }
  return result
}

function Marks({ spans, model }: { spans: readonly Span[]; model: Model }) {
  const total = model.trace.duration
  const marks = spans.flatMap((span) => [
    ...span.events
      .filter(({ name }) => name === 'exception')
      .map(({ at }) => ({ at, kind: 'exc', text: 'exception' })),
    ...(model.logsOf.get(span.id) ?? []).map((log) => ({
      at: Number(BigInt(log.time) / 1_000n) / 1_000 - model.trace.start,
      kind: log.level === 'warn' ? 'warn' : log.level === 'error' || log.level === 'fatal' ? 'exc' : 'line',
      text: `${log.level} line`,
    })),
  ])
  return (
    <>
      {marks.slice(0, MARKS).map(({ at, kind, text }, index) => (
        <i
          key={index}
          class={`wf-mark ${kind}`}
          title={text}
          style={{ left: percent(Math.min(1, Math.max(0, at / total))) }}
        />
      ))}
    </>
  )
}

function barKind({ span, spans }: Row): string {
  const kind = isWaiting(span) ? 'wait' : span.kind === 'client' || span.kind === 'producer' ? 'call' : ''
  return spans.length > 1 ? `${kind} many` : kind
}

/** `56 ms each`. */
function meanText(spans: readonly Span[]): string {
  const mean = spans.reduce((sum, { duration }) => sum + duration, 0) / spans.length
  return `${textOf(mean / 1_000, 's')} each`
}

function saidOf({ span, spans, depth }: Row, took: number): string {
  const outcome = outcomeOf(span)
  return [
    `Level ${depth + 1}`,
    spans.length > 1 ? `${spans.length} times ${span.name}` : span.name,
    span.service,
    textOf(took / 1_000, 's'),
    outcome === '' ? '' : `failed with ${outcome}`,
  ]
    .filter(Boolean)
    .join(', ')
}

const percent = (share: number): string => `${(Number.isFinite(share) ? share * 100 : 0).toFixed(3)}%`
