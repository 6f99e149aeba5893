import { batch, computed, type ReadonlySignal, signal } from '@preact/signals'

import type { Address } from './address.ts'

/** A part of the time, in milliseconds since 1970. `to` does not belong to it. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** The moments at which series are read, in milliseconds: `start`, `start + step`, ... */
export interface Grid {
  readonly start: number
  readonly step: number
  readonly count: number
}

/** An earlier range that charts show beside the one of the page. */
interface Comparison {
  /** `prev`: the range before. `day`: the same time a day earlier. */
  readonly with: 'prev' | 'day'
  /** How much earlier it is, in milliseconds. A multiple of the grid's step. */
  readonly by: number
  /** Such as `1h before`. */
  readonly text: string
}

/** The time of a page. All of its charts share it. */
export interface Time {
  /** Milliseconds before now, or `undefined` for a range with both ends fixed. */
  readonly last: ReadonlySignal<number | undefined>
  /** What the page shows. Goes on with each beat if the range ends now. */
  readonly span: ReadonlySignal<Span>
  /** The moments of charts. Its start is a multiple of its step, so that values do not change while time goes on. */
  readonly grid: ReadonlySignal<Grid>
  /** The earlier range that charts show as well, if the user asks for one. */
  readonly compare: ReadonlySignal<Comparison | undefined>
  /** Whether the page goes on with the time. */
  readonly live: ReadonlySignal<boolean>
  /** Rises with each beat of a live page. */
  readonly beat: ReadonlySignal<number>
  /** The time of the last beat. */
  readonly now: ReadonlySignal<number>
  /** Lets the time go on to now. */
  tick(now: number): void
  /** Shows another range: the last milliseconds until now, or one with both ends. */
  show(range: { readonly last: number } | Span): void
  /** Moves the range by a part of its length, such as -0.5. A range that reaches now ends now from then on. */
  shift(part: number): void
  /** Undoes the last zoom; without one, shows twice as much time. */
  zoomOut(): void
  setLive(live: boolean): void
  /** Whether a live page holds new data back because it is being read. The live switch says so, and releases it. */
  readonly held: ReadonlySignal<boolean>
  hold(isHeld: boolean): void
  /** What the live switch and its key do: releases a page that is held, else turns live on or off. */
  toggleLive(): void
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Points of a chart's line, about. */
const POINTS = 180
/** Steps of charts, in seconds. */
const STEPS = [1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400]
const UNITS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: HOUR, d: DAY, w: 7 * DAY }

/** Parses a duration such as `15m`. Returns `undefined` for other text. */
function durationFrom(text: string | null): number | undefined {
  const [, count, unit] = /^(\d{1,5})([smhdw])$/.exec(text ?? '') ?? []
  const ms = Number(count) * (UNITS[unit ?? ''] ?? Number.NaN)
  return ms > 0 ? ms : undefined
}

/** Writes a duration in its largest whole unit: `15m`. */
function durationText(ms: number): string {
  const [unit, size] = Object.entries(UNITS).findLast(([, each]) => ms % each === 0 && ms >= each) ?? [
    's',
    1_000,
  ]
  return `${Math.round(ms / size)}${unit}`
}

/**
 * Reads the time from an address: `r=1h`, or `from=` and `to=` in milliseconds. `live=0` stops it, `step=10s` is that of charts, and
 * `cmp=prev` or `cmp=day` compares.
 *
 * @param clock Reads the present time. Only for ranges that move to it
 */
export function createTime(address: Address, start: number, clock: () => number = Date.now): Time {
  const now = signal(start)
  const zooms: Span[] = []
  const beat = signal(0)
  const held = signal(false)

  const fixed = computed((): Span | undefined => {
    const { value } = address.params
    const [from, to] = [Number(value.get('from') ?? Number.NaN), Number(value.get('to') ?? Number.NaN)]
    return to > from ? { from, to } : undefined
  })
  const last = computed(() =>
    fixed.value === undefined ? (durationFrom(address.params.value.get('r')) ?? HOUR) : undefined,
  )
  const span = computed((): Span => {
    if (fixed.value !== undefined) return fixed.value
    return { from: now.value - (last.value ?? HOUR), to: now.value }
  })
  let lastGrid: Grid | undefined
  // The same object until a moment is added: what depends on the grid alone is not computed again with each beat.
  const grid = computed((): Grid => {
    const next = gridOf(span.value, durationFrom(address.params.value.get('step')))
    const isSame =
      lastGrid?.start === next.start && lastGrid.step === next.step && lastGrid.count === next.count
    return (lastGrid = isSame && lastGrid ? lastGrid : next)
  })
  const compare = computed(() => comparisonOf(address.params.value.get('cmp'), span.value, grid.value.step))
  const live = computed(() => last.value !== undefined && address.params.value.get('live') !== '0')

  return {
    last,
    span,
    grid,
    compare,
    live,
    beat,
    now,
    tick(to) {
      if (!live.peek()) return
      batch(() => {
        now.value = to
        beat.value++
      })
    },
    show(range) {
      if ('last' in range) return address.adjust({ r: durationText(range.last), from: null, to: null })
      const before = span.peek()
      if (range.to - range.from < before.to - before.from) zooms.push(before)
      const [from, to] = [String(Math.round(range.from)), String(Math.round(range.to))]
      address.adjust({ r: null, from, to, at: null })
    },
    shift(part) {
      const { from, to } = span.peek()
      const by = (to - from) * part
      // The end of a range that went on is not exactly now.
      if (to + by >= clock() - grid.peek().step) this.show({ last: to - from })
      else this.show({ from: from + by, to: to + by })
    },
    zoomOut() {
      const { from, to } = span.peek()
      const before = zooms.pop()
      const present = clock()
      const half = (to - from) / 2
      const next = before ?? { from: from - half, to: to + half }
      if (next.to >= present - 1_000) this.show({ last: next.to - next.from })
      else this.show(next)
    },
    held,
    hold(isHeld) {
      held.value = isHeld
    },
    toggleLive() {
      if (held.peek()) held.value = false
      else this.setLive(!live.peek())
    },
    setLive(isLive) {
      held.value = false
      const { from, to } = span.peek()
      if (isLive && last.peek() === undefined) this.show({ last: to - from })
      address.adjust({ live: isLive ? null : '0' })
    },
  }
}

/** Most points of a line, where the user chose the step. */
const MOST_POINTS = 2_000

/** The moments of charts that cover a span: about 180, at most 400, or those of a step that was chosen, in milliseconds. */
export function gridOf({ from, to }: Span, chosen = 0): Grid {
  const seconds = (to - from) / 1_000
  const fitting =
    (STEPS.find((each) => seconds / each <= POINTS) ?? Math.ceil(seconds / POINTS / 86_400) * 86_400) * 1_000
  const step = chosen > 0 && (to - from) / chosen <= MOST_POINTS ? chosen : fitting
  const start = Math.ceil(from / step) * step
  return { start, step, count: Math.max(1, Math.floor((to - start) / step) + 1) }
}

function comparisonOf(text: string | null, { from, to }: Span, step: number): Comparison | undefined {
  if (text === 'day') return { with: text, by: Math.ceil(DAY / step) * step, text: 'the day before' }
  if (text !== 'prev') return undefined
  const by = Math.max(1, Math.round((to - from) / step)) * step
  return { with: text, by, text: `${durationText(Math.round(by / 1_000) * 1_000)} before` }
}
