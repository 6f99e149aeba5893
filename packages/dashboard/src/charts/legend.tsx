import type { ReadonlySignal } from '@preact/signals'

import { textOf, type Unit } from '../format/numbers.ts'
import { useApp } from '../state/app.ts'
import type { Grid } from '../state/time.ts'
import { strokeOf } from './canvas/plot.ts'
import { indexAt } from './geometry.ts'
import { presentOf } from './lines.ts'
import type { ChartLine, LineStyle, Threshold } from './types.ts'

/** The class of base.css that has the colour of a line. */
const CLASSES: Readonly<Record<string, string>> = {
  ink: 'sink',
  p50: 'slow',
  p99: 'smid',
  prev: 'smid',
  bad: 'sbad',
}

/** A short piece of a line, as the chart draws it. */
function LineKey({ style }: { style: LineStyle }) {
  const [, width, dash] = strokeOf(style)
  return (
    <svg width="14" height="8" aria-hidden="true" class={CLASSES[style] ?? style}>
      <line
        class="cat"
        x1="0"
        x2="14"
        y1="4"
        y2="4"
        stroke-width={Math.max(1.25, Math.round(width))}
        stroke-dasharray={dash && '1 2.5'}
        stroke-linecap={dash && 'round'}
      />
    </svg>
  )
}

/** The lines of a chart with their values at the sightline, or their last ones. Names are left out where there is little room. */
export function Legend({
  lines,
  grid,
  unit,
  threshold,
  isSmall,
  estimate,
}: {
  lines: ReadonlySignal<readonly ChartLine[]>
  grid: ReadonlySignal<Grid>
  unit: Unit
  threshold: Threshold | undefined
  isSmall: boolean
  estimate: boolean
}) {
  const { sightline } = useApp()
  const all = lines.value
  const index = indexAt(grid.value, sightline.at.value)
  const isCompared = all.some(({ style }) => style === 'prev')
  const isOne = all.length === 1
  const lasting = all.filter(({ style }) => style !== 'prev').map(({ values }) => values)
  const byQuantile = all.toSorted((a, b) =>
    /^p\d/.test(a.label) && /^p\d/.test(b.label) ? a.label.localeCompare(b.label) : 0,
  )
  return (
    <ul class="legend">
      {byQuantile.map(({ label, style, values }) => {
        const value = index === null ? presentOf(values, lasting) : (values[index] ?? null)
        const isPrevious = style === 'prev'
        if (isSmall && value === null && !isPrevious) return null
        return (
          <li
            key={label}
            title={isSmall ? label : undefined}
            class={stateOf(value, style, threshold) ?? (isCompared && !isPrevious ? 'ghost' : '')}
          >
            {!isOne && <LineKey style={style} />}
            {!isOne && (!isSmall || isPrevious) && <span class="clip">{label === '' ? 'now' : label}</span>}
            {!isPrevious && <b>{value !== null && (estimate ? '≈ ' : '') + textOf(value, unit)}</b>}
          </li>
        )
      })}
    </ul>
  )
}

function stateOf(
  value: number | null,
  style: LineStyle,
  threshold: Threshold | undefined,
): string | undefined {
  if (value === null || threshold === undefined || style !== 'ink') return undefined
  const isBeyond = threshold.below === true ? value < threshold.value : value > threshold.value
  return isBeyond ? 'bad' : undefined
}
