/** Round times for the axis of a trace, from 0 on: at most seven. Milliseconds. */
export function ticksOf(duration: number): number[] {
  if (duration <= 0) return [0]
  const raw = duration / 6
  const power = 10 ** Math.floor(Math.log10(raw))
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((each) => each >= raw) ?? raw
  return Array.from({ length: Math.floor(duration / step) + 1 }, (_, at) => at * step)
}
