/** Draws what has changed: all of it together, once before the browser paints. */
export interface Frame {
  /** Calls a function in the next frame. Once, however often it is asked for. */
  ask(draw: () => void): void
  /** Takes a function back. */
  drop(draw: () => void): void
}

/**
 * @param request The browser's `requestAnimationFrame`
 */
export function createFrame(request: (draw: () => void) => unknown): Frame {
  const asked = new Set<() => void>()

  function draw(): void {
    const due = [...asked]
    asked.clear()
    for (const each of due) each()
  }

  return {
    ask(each) {
      if (asked.size === 0) request(draw)
      asked.add(each)
    },
    drop: (each) => void asked.delete(each),
  }
}
