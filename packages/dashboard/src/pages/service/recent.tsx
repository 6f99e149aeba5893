import { clock } from '../../format/times.ts'
import { useApp } from '../../state/app.ts'
import type { Span, Time } from '../../state/time.ts'

/** Milliseconds that figures at rest are of, on a page that shows the present. */
const RECENT = 300_000

/** The time that figures at rest are of: the last five minutes of a page that ends now, else all of its range. */
export function recentOf({ span, last }: Time): Span {
  const { from, to } = span.value
  return last.value === undefined ? { from, to } : { from: Math.max(from, to - RECENT), to }
}

/** Says of what time figures at rest are. */
export function Recent() {
  const { time } = useApp()
  const { from, to } = recentOf(time)
  return <>{time.last.value === undefined ? `${clock(from)} – ${clock(to)}` : 'last 5 minutes'}</>
}
