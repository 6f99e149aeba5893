import { effect, useComputed } from '@preact/signals'
import { useEffect, useId, useRef } from 'preact/hooks'

import { clock } from '../format/times.ts'
import { Failed } from '../parts/shown.tsx'
import { useApp } from '../state/app.ts'
import { NO_VALUES, valueAxis } from './axis.ts'
import { useBox } from './box.ts'
import { placeOf } from './canvas/draw.ts'
import { createPlot } from './canvas/plot.ts'
import { endOf, type Geometry, GUTTER } from './geometry.ts'
import { Legend } from './legend.tsx'
import { beforeOf, extremesOf, linesOf } from './lines.ts'
import { usePointing } from './pointing.ts'
import { Sight, Spoken } from './sight.tsx'
import { summaryOf } from './summary.ts'
import { Tabular } from './tabular.tsx'
import type { ChartProps, Exemplar } from './types.ts'

/** Heights at which a chart has few ticks and no names. */
const SMALL = new Set<string | undefined>(['h4', 'h5', 'h6'])
/** Pixels around the mark of a trace that belong to it. */
const REACH = 9
/** Milliseconds after which a line that does not go on is silent. Scrapes and exports are a minute apart at most. */
const SILENT = 90_000

/** How far a mark is: from its place in pixels, and its time. */
type Distance = (x: number, y: number, when: number) => number

const awayFrom =
  (x: number, y: number): Distance =>
  (left, top) =>
    Math.hypot(left - x, top - y)

/** A chart of series over the time of the page: with legend, sightline, selection by dragging, and its figures as a table. */
export function LineChart(props: ChartProps) {
  const { title, of, unit, answer, height, threshold, estimate } = props
  const { time, palette, frame } = useApp()
  const id = useId()
  const plot = useRef<HTMLDivElement>(null)
  const { size, isNear } = useBox(plot)
  const isSmall = SMALL.has(height)

  const value = useComputed(() => answer.value.value)
  const grid = useComputed(() => value.value?.grid ?? time.grid.value)
  const lines = useComputed(() => {
    const found = value.value
    if (found === undefined) return []
    const draw = props.lines ?? linesOf
    return [...beforeOf(found, draw, time.compare.value?.text ?? ''), ...draw(found)]
  })
  const silentSince = useComputed(() => {
    const last = Math.max(
      ...lines.value
        .filter(({ style }) => style !== 'prev')
        .map(({ values }) => values.findLastIndex((v) => v !== null)),
    )
    const { start, step } = grid.value
    const at = start + last * step
    return last >= 0 && endOf(grid.value) - at > Math.max(3 * step, SILENT) ? at : undefined
  })
  const isEmpty = useComputed(
    () => value.value !== undefined && !lines.value.some(({ values }) => values.some((v) => v !== null)),
  )
  const geometry = useComputed((): Geometry | undefined => {
    if (size.value === undefined) return undefined
    const all = lines.value.flatMap(({ values }) => extremesOf(values) ?? [])
    const band = props.band?.value && extremesOf(props.band.value.high)
    const peaks = [
      ...all.map(({ peak }) => peak * 1.06),
      (threshold?.value ?? 0) * 1.15,
      (band?.peak ?? 0) * 1.06,
    ]
    const peak = props.max ?? Math.max(...peaks, 0)
    const least = Math.min(...all.map((each) => each.least), Infinity)
    const axis = Number.isFinite(least)
      ? valueAxis(least, peak, {
          count: isSmall ? 2 : 3,
          isNarrow: props.isNarrow,
          isWhole: unit === 'int' || unit === 'B',
        })
      : NO_VALUES
    return { ...size.value, ...GUTTER, grid: grid.value, axis }
  })

  const pointing = usePointing({
    id,
    place: () => geometry.peek(),
    onSelect: props.onSelect ?? ((from, to) => time.show({ from, to })),
    isPickable: (x, y) => nearest(awayFrom(x, y)) !== undefined,
    onPick: (x, y) => pick(awayFrom(x, y)),
    onEnter: (moment) => {
      const { grid: { step } } = geometry.peek() ?? { grid: { step: 0 } } // prettier-ignore
      pick((_x, _y, when) => (Math.abs(when - moment) > step ? Infinity : 0))
    },
  })

  /** The trace that is nearest, if it is near. */
  function nearest(distance: Distance): Exemplar | undefined {
    const place = geometry.peek()
    if (place === undefined || props.onExemplar === undefined) return undefined
    const [found] = (props.exemplars?.peek() ?? [])
      .map((exemplar) => ({ exemplar, far: distance(...placeOf(place, exemplar), exemplar.time) }))
      .filter(({ far }) => far <= REACH)
      .toSorted((a, b) => a.far - b.far || b.exemplar.value - a.exemplar.value)
    return found?.exemplar
  }

  /** Opens the nearest trace. */
  function pick(distance: Distance): boolean {
    const exemplar = nearest(distance)
    if (exemplar !== undefined) props.onExemplar?.(exemplar)
    return exemplar !== undefined
  }

  const scene = useComputed(() => {
    const place = geometry.value
    return (
      place && {
        geometry: place,
        lines: lines.value,
        unit,
        band: props.band?.value,
        threshold,
        marks: props.marks?.value ?? [],
        hasMarkText: props.hasMarkText === true,
        exemplars: props.exemplars?.value ?? [],
        bars: props.bars === true,
        isStale: silentSince.value !== undefined,
      }
    )
  })
  useEffect(() => {
    if (plot.current === null) return undefined
    const canvas = plot.current.querySelector<HTMLElement>('.canvas')
    if (canvas === null) return undefined
    const drawn = createPlot(canvas)
    function draw(): void {
      const next = scene.peek()
      if (next !== undefined) drawn.show(next, palette.peek())
    }
    const stop = effect(() => {
      if (!isNear.value || scene.value === undefined) return
      void palette.value
      frame.ask(draw)
    })
    return () => {
      stop()
      frame.drop(draw)
      drawn.destroy()
    }
  }, [scene, palette, frame, isNear])

  const summary = useComputed(() => summaryOf(title, unit, lines.value, grid.value))
  const error = useComputed(() => answer.value.error).value
  const isLate = useComputed(() => answer.value.isLate).value
  const legend = (
    <Legend
      lines={lines}
      grid={grid}
      unit={unit}
      threshold={threshold}
      isSmall={isSmall}
      estimate={estimate !== undefined}
    />
  )
  return (
    <figure
      class={`chart ${props.layout ?? ''} ${isSmall ? 'small-chart' : ''} ${silentSince.value === undefined ? '' : 'stale'}`}
      aria-labelledby={`${id}-t`}
    >
      <figcaption>
        <h3 id={`${id}-t`}>{title}</h3>
        {silentSince.value === undefined && (of !== undefined || estimate !== undefined) && (
          <span class="of clip">
            {of}
            {of !== undefined && estimate !== undefined && ', '}
            {estimate}
          </span>
        )}
        {silentSince.value !== undefined && (
          <span class="of warn">no data since {clock(silentSince.value)}</span>
        )}
        {error !== undefined && value.value !== undefined && <span class="of warn">{error}</span>}
        {props.figure === undefined && legend}
      </figcaption>
      {props.figure}
      {props.figure !== undefined && legend}
      <div ref={plot} class={`plot ${height ?? ''}`} aria-busy={isLate}>
        <div class="pad" tabIndex={0} role="img" aria-label={summary} {...pointing.listeners}>
          <div class="canvas" />
          <Sight id={id} geometry={geometry} lines={lines} brush={pointing.brush} />
        </div>
        {isEmpty.value && <div class="said">{props.empty ?? <span>No data in this range.</span>}</div>}
        {error !== undefined && value.value === undefined && (
          <div class="said">
            <Failed error={error} retry={() => props.retry?.()} />
          </div>
        )}
      </div>
      <Spoken isByKeys={pointing.isByKeys} lines={lines} grid={grid} unit={unit} />
      <Tabular lines={lines} grid={grid} unit={unit} />
    </figure>
  )
}
