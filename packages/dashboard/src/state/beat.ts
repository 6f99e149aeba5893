import type { App } from './app.ts'

/** Milliseconds between two beats of a page that shows an hour or less. */
const SHORTEST = 1_000

/**
 * Lets the time of a visible page go on when the hub has stored something: once a second at most, less often for long ranges, where a second
 * changes nothing.
 */
export function beat({ live, time }: Pick<App, 'live' | 'time'>, page: Document): void {
  let last = Date.now()
  function go(): void {
    const now = Date.now()
    if (page.hidden || now - last < Math.max(SHORTEST, time.grid.peek().step / 20)) return
    last = now
    time.tick(now)
  }
  live.follow('stored', go)
  // Also without new data: what is silent has to be seen to be silent.
  setInterval(go, 5_000)
  page.addEventListener('visibilitychange', go)
}
