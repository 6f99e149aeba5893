import type { ComponentChildren } from 'preact'

import { age, clockMs, msOf } from '../../format/times.ts'
import { fieldsOf, graveOf, messageOf, shortName } from '../../logs/log.ts'
import type { Row } from '../../logs/rows.ts'
import { parted } from '../../search/terms.ts'

/** How lines are written. */
export interface LineStyle {
  /** Words that the search looks for: they are marked. */
  readonly words: readonly string[]
  /** Whether times are those of UTC instead of the local time. */
  readonly isUtc: boolean
  /** Whether the day stands before the time. */
  readonly hasDay: boolean
}

const NONE: readonly string[] = []

/** One line of the list. A press opens it in place. */
export function Line({
  row: { log, times, until },
  style: { words, isUtc, hasDay },
  isActive,
  isOpen,
  onToggle,
  children,
}: {
  row: Row
  style: LineStyle
  isActive: boolean
  isOpen: boolean
  onToggle: () => void
  /** The opened record. */
  children: ComponentChildren
}) {
  const ms = msOf(log.time)
  const iso = new Date(ms).toISOString()
  return (
    <li class={isOpen ? 'open' : ''}>
      <button
        type="button"
        class={isActive ? 'log active' : 'log'}
        data-level={graveOf(log.level)}
        data-cursor={log.cursor}
        aria-expanded={isOpen}
        tabIndex={isActive ? 0 : -1}
        onClick={onToggle}
      >
        <time dateTime={iso} title={`${new Date(ms).toLocaleString()} (${iso})`}>
          {hasDay &&
            `${new Date(ms).toLocaleDateString('en-GB', { day: '2-digit', month: 'short', ...(isUtc && { timeZone: 'UTC' }) })} `}
          {isUtc ? iso.slice(11, 23) : clockMs(ms)}
        </time>
        <span class="lv" data-level={graveOf(log.level)}>
          {log.level}
        </span>
        <span class="svc" title={log.instance || log.service}>
          <Marked text={shortName(log.instance || log.service)} words={NONE} />
        </span>
        <span class="msg">
          <Marked text={messageOf(log).slice(0, 1_000)} words={words} />
          <span class="kvs">
            {fieldsOf(log).map(([name, value]) => (
              <>
                {' '}
                <i>{name}=</i>
                <Marked text={value} words={words} />
              </>
            ))}
          </span>
        </span>
        {times > 1 && (
          <span class="tag">
            {times} times in {age(Math.max(1_000, msOf(until) - ms))}
          </span>
        )}
      </button>
      {isOpen && children}
    </li>
  )
}

/** Text that cannot change the direction of what stands beside it. Most is such, and needs no element of its own. */
const PLAIN = /^[\x20-\x7e]*$/

/** A received text in which the words of the search are marked. */
export function Marked({ text, words }: { text: string; words: readonly string[] }) {
  const parts = words.length === 0 ? [text] : parted(text, words)
  const shown = parts.map((part, at) => (at % 2 === 1 ? <mark key={at}>{part}</mark> : part))
  return PLAIN.test(text) ? <>{shown}</> : <bdi>{shown}</bdi>
}
