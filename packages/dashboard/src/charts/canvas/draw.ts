import { endOf, type Geometry, xOf, yOf } from '../geometry.ts'
import { extremesOf } from '../lines.ts'
import type { Exemplar, Mark } from '../types.ts'
import type { Palette } from './palette.ts'
import type { Scene } from './scene.ts'

type Context = CanvasRenderingContext2D

/** Draws the range of values that is normal, behind all. */
export function drawBand(context: Context, { band, geometry }: Scene, palette: Palette): void {
  if (band === undefined) return
  context.fillStyle = palette['q-band']
  const { start, step } = geometry.grid
  const right = geometry.width - geometry.right
  for (const [n, low] of band.low.entries()) {
    const high = band.high[n] ?? null
    if (low === null || high === null) continue
    // Each moment has half a step on both sides.
    const x = Math.max(geometry.left, Math.round(xOf(geometry, start + (n - 0.5) * step)))
    const end = Math.min(right, Math.round(xOf(geometry, start + (n + 0.5) * step)))
    if (end <= x) continue
    const y = Math.max(geometry.top, yOf(geometry, high))
    context.fillRect(
      x,
      y,
      end - x,
      Math.max(1.5, Math.min(yOf(geometry, geometry.axis.min), yOf(geometry, low)) - y),
    )
  }
}

const MARKS: Readonly<Record<Mark['kind'], readonly [keyof Palette, path: ReadonlyArray<readonly [x: number, y: number]>]>> = {
  deploy: ['ink-2', [[-4, -10], [4, -10], [0, -4]]],
  bad: ['bad-mark', [[0, -11], [4, -7], [0, -3], [-4, -7]]],
  warn: ['warn-mark', [[-4, -4], [4, -4], [0, -10]]],
  note: ['ink-2', [[-4, -8], [4, -8], [4, -6], [-4, -6]]],
} // prettier-ignore

/** Draws moments as dotted lines with their mark above, and their text as far as there is room. */
export function drawMarks(context: Context, { marks, hasMarkText, geometry }: Scene, palette: Palette): void {
  const { grid, top, left, width, right } = geometry
  let free = left
  for (const { time, text, kind } of marks.toSorted((a, b) => a.time - b.time)) {
    if (time < grid.start || time > endOf(grid)) continue
    const [colour, path] = MARKS[kind]
    const x = Math.round(xOf(geometry, time))
    context.strokeStyle = context.fillStyle = palette[colour]
    context.lineWidth = 1
    line(context, [2, 2], [x + 0.5, top - 4], [x + 0.5, yOf(geometry, geometry.axis.min)])
    context.beginPath()
    for (const [dx, dy] of path) context.lineTo(x + 0.5 + dx, top + dy)
    context.fill()
    if (!hasMarkText) continue
    const space = context.measureText(text).width + 8
    const isBefore = x - space >= free
    if (!isBefore && x + space > width - right) continue
    context.textAlign = isBefore ? 'right' : 'left'
    haloed(context, text, isBefore ? x - 8 : x + 9, top - 3.5, palette)
    free = isBefore ? x + 8 : x + space + 8
  }
}

/** Draws the limit as a dashed line with its words, and a red base line while its alert fires. */
export function drawThreshold(context: Context, { threshold, geometry }: Scene, palette: Palette): void {
  if (threshold === undefined) return
  const { left, width, right, axis, grid } = geometry
  if (threshold.value > axis.max || threshold.value < axis.min) return
  const y = Math.round(yOf(geometry, threshold.value)) + 0.5
  context.strokeStyle = palette['bad-mark']
  context.lineWidth = 1
  line(context, [4, 3], [left, y], [width - right, y])
  context.fillStyle = palette.bad
  context.textAlign = 'left'
  haloed(context, threshold.text, left + 4, y - 4.5, palette)
  if (threshold.firesSince === undefined || threshold.firesSince > endOf(grid)) return
  const x = Math.max(left, xOf(geometry, threshold.firesSince))
  const base = yOf(geometry, axis.min)
  context.fillStyle = palette['bad-mark']
  context.fillRect(x, base, width - right - x, 2)
  context.beginPath()
  for (const [dx, dy] of [[0, -4.5], [4.5, 0], [0, 4.5], [-4.5, 0]] as const) context.lineTo(x + dx, base + dy) // prettier-ignore
  context.fill()
}

/** Draws the parts of the main lines beyond the limit again, red and thicker. */
export function drawOver(
  context: Context,
  { threshold, lines, geometry, isStale }: Scene,
  palette: Palette,
): void {
  if (threshold === undefined || isStale) return
  const { width, height, grid } = geometry
  const limit = yOf(geometry, threshold.value)
  context.beginPath()
  context.rect(
    0,
    threshold.below === true ? limit : 0,
    width,
    threshold.below === true ? height : Math.max(0, limit),
  )
  context.clip()
  context.strokeStyle = palette['bad-mark']
  context.lineWidth = 2
  context.lineJoin = context.lineCap = 'round'
  for (const { style, values } of lines) {
    if (style !== 'ink' || !isBeyond(values, threshold.value, threshold.below)) continue
    context.beginPath()
    let isOn = false
    for (const [n, value] of values.entries()) {
      if (value !== null) {
        const [x, y] = [xOf(geometry, grid.start + n * grid.step), yOf(geometry, value)]
        if (isOn) context.lineTo(x, y)
        else context.moveTo(x, y)
      }
      isOn = value !== null
    }
    context.stroke()
  }
}

function isBeyond(values: ReadonlyArray<number | null>, limit: number, below = false): boolean {
  const found = extremesOf(values)
  return found !== undefined && (below ? found.least < limit : found.peak > limit)
}

/** Draws traces: circles, and crosses for those that failed. */
export function drawExemplars(context: Context, { exemplars, geometry }: Scene, palette: Palette): void {
  context.lineWidth = 1.25
  context.fillStyle = palette.paper
  for (const exemplar of exemplars) {
    const [x, y] = placeOf(geometry, exemplar)
    context.beginPath()
    context.strokeStyle = palette[exemplar.failed ? 'bad-mark' : 'ink-2']
    if (exemplar.failed) {
      context.moveTo(x - 3, y - 3)
      context.lineTo(x + 3, y + 3)
      context.moveTo(x + 3, y - 3)
      context.lineTo(x - 3, y + 3)
    } else {
      context.arc(x, y, 2.75, 0, 2 * Math.PI)
      context.fill()
    }
    context.stroke()
  }
}

/** Where the mark of a trace is. Values above the axis stand at its upper end. */
export function placeOf(geometry: Geometry, { time, value }: Exemplar): readonly [x: number, y: number] {
  return [xOf(geometry, time), Math.max(geometry.top, yOf(geometry, value))]
}

function line(
  context: Context,
  dash: number[],
  [x, y]: readonly [number, number],
  to: readonly [number, number],
): void {
  context.setLineDash(dash)
  context.beginPath()
  context.moveTo(x, y)
  context.lineTo(...to)
  context.stroke()
  context.setLineDash([])
}

/** Text on a border of paper, so that lines behind it do not run through its letters. */
function haloed(context: Context, text: string, x: number, y: number, palette: Palette): void {
  context.strokeStyle = palette.paper
  context.lineWidth = 3
  context.lineJoin = 'round'
  context.strokeText(text, x, y)
  context.fillText(text, x, y)
}
