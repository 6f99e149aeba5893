import { type Counts, countsOf, statusText } from './status.ts'

/** A line at the bottom of a terminal that is drawn again every second. */
export interface StatusLine {
  /** Writes text above the line. */
  above(text: string): void
  stop(): void
}

const EVERY_MS = 1_000
const CLEAR = '\r\u001b[2K'

/** Shows what a hub does, as its `/metrics` say. */
export function startStatusLine(
  hub: { readonly url: string; readonly viewToken: string | undefined },
  out: NodeJS.WriteStream,
): StatusLine {
  let before: { readonly counts: Counts; readonly at: number } | undefined
  let line = ''
  let isStopped = false

  async function draw(): Promise<void> {
    const headers = hub.viewToken === undefined ? {} : { authorization: `Bearer ${hub.viewToken}` }
    const response = await fetch(`${hub.url}/metrics`, { headers })
    const counts = countsOf(await response.text())
    const at = performance.now()
    if (before !== undefined) line = statusText(counts, before.counts, (at - before.at) / 1_000)
    before = { counts, at }
    // The terminal must not wrap it.
    if (!isStopped) out.write(`${CLEAR}${line.slice(0, Math.max(0, out.columns - 1))}`)
  }

  // A hub that is too busy to answer has no status for a second.
  const timer = setInterval(() => void draw().catch(() => undefined), EVERY_MS)
  return {
    above(text) {
      out.write(`${CLEAR}${text}${line.slice(0, Math.max(0, out.columns - 1))}`)
    },
    stop() {
      isStopped = true
      clearInterval(timer)
      out.write(CLEAR)
    },
  }
}
