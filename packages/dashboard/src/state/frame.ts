/** Draws what has changed together, before the browser paints. */
export interface Frame {
  /** Calls a function in the next frame, or soon after if that has too much to draw. Once, however often it is asked for. */
  ask(draw: () => void): void
  /** Takes a function back. */
  drop(draw: () => void): void
}

/** Milliseconds of a frame that may be spent on drawing. What is left is drawn in the next frame, so that the page stays responsive. */
const BUDGET = 12

/**
 * @param request The browser's `requestAnimationFrame`
 * @param now Milliseconds that never go back
 */
export function createFrame(
  request: (draw: () => void) => unknown,
  now: () => number = () => performance.now(),
): Frame {
  const asked = new Set<() => void>()
  let isRequested = false

  function draw(): void {
    isRequested = false
    const end = now() + BUDGET
    for (const each of asked) {
      asked.delete(each)
      each()
      if (now() > end) break
    }
    if (asked.size > 0) next()
  }

  function next(): void {
    if (!isRequested) request(draw)
    isRequested = true
  }

  return {
    ask(each) {
      asked.add(each)
      next()
    },
    drop: (each) => void asked.delete(each),
  }
}
