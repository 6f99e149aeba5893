import type { ComponentChildren } from 'preact'

/** One tab: a link, since what it shows is in the address. */
export interface Tab {
  readonly text: string
  readonly href: string
  readonly isCurrent: boolean
  /** Stands after the text, muted. */
  readonly count?: ComponentChildren
}

/** The parts of a page, or the states of a list. */
export function Tabs({
  label,
  tabs,
  isSticky = false,
}: {
  label: string
  tabs: readonly Tab[]
  isSticky?: boolean
}) {
  return (
    <nav class={isSticky ? 'tabs sticky' : 'tabs'} aria-label={label}>
      {tabs.map(({ text, href, isCurrent, count }) => (
        <a key={text} href={href} aria-current={isCurrent ? 'true' : undefined}>
          {text}
          {count !== undefined && <span class="n">{count}</span>}
        </a>
      ))}
    </nav>
  )
}
