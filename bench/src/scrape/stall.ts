/** Measures the longest turn of the event loop. */
export function stallWatch() {
  let timer: NodeJS.Timeout | undefined
  let last = 0
  let longest = 0

  return {
    start() {
      longest = 0
      last = performance.now()
      timer ??= setInterval(() => {
        const now = performance.now()
        // A turn of the timer itself takes a millisecond.
        longest = Math.max(longest, now - last - 1)
        last = now
      }, 1).unref()
    },
    /** The longest turn since the start, in milliseconds. Ends the measurement. */
    longest(): number {
      clearInterval(timer)
      timer = undefined
      return Math.max(longest, performance.now() - last - 1, 0)
    },
  }
}
