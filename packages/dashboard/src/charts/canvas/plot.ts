import uPlot from 'uplot'

import { tickText, timeTicks } from '../axis.ts'
import { endOf, type Geometry } from '../geometry.ts'
import type { ChartLine, LineStyle } from '../types.ts'
import { drawBand, drawExemplars, drawMarks, drawOver, drawThreshold } from './draw.ts'
import type { Palette } from './palette.ts'
import type { Scene } from './scene.ts'

/** A canvas with a chart. */
export interface Plot {
  show(scene: Scene, palette: Palette): void
  destroy(): void
}

const STYLES: Readonly<
  Record<'ink' | 'p50' | 'p99' | 'prev' | 'bad', [keyof Palette, width: number, dash?: number[]]>
> = {
  ink: ['ink', 1.5],
  p50: ['q-low', 1.25],
  p99: ['q-mid', 1.25, [1, 3]],
  prev: ['q-low', 1, [1, 2.5]],
  bad: ['bad-mark', 2],
}

/** The colour, width and dash of a line. */
export function strokeOf(style: LineStyle): readonly [colour: keyof Palette, width: number, dash?: number[]] {
  // Whatever is not in the table is a category, whose token has its name.
  return STYLES[style as keyof typeof STYLES] ?? [style as keyof Palette, 1.5]
}

/** Pixels that the canvas is wider than the chart on its sides: labels may reach out of it. The first is in charts.css as well. */
const OVERHANG = { left: 8, right: 16 }

/** Draws charts into an element by uPlot, without uPlot's own cursor, legend and selection. */
export function createPlot(root: HTMLElement): Plot {
  let chart: uPlot | undefined
  let shape = ''
  let scene: Scene
  let palette: Palette

  /** Draws in CSS pixels. */
  function drawing(draw: (context: CanvasRenderingContext2D) => void): (u: uPlot) => void {
    return ({ ctx }) => {
      ctx.save()
      ctx.scale(uPlot.pxRatio, uPlot.pxRatio)
      ctx.translate(OVERHANG.left, 0)
      ctx.font = palette.font
      draw(ctx)
      ctx.restore()
    }
  }

  function seriesOf({ style }: ChartLine): uPlot.Series {
    const [colour, width, dash] = strokeOf(style)
    return {
      scale: 'y',
      width,
      points: { show: isLonely },
      stroke: () => palette[scene.isStale ? 'q-low' : colour],
      ...(scene.bars ? { fill: () => palette[colour], width: 0 } : {}),
      ...(scene.bars && uPlot.paths.bars ? { paths: uPlot.paths.bars({ size: [0.8, 24], align: -1 }) } : {}),
      ...(scene.isStale ? { dash: [3, 3] } : dash === undefined ? {} : { dash, cap: 'round' }),
    }
  }

  function create(): uPlot {
    const { left, top, right, bottom } = scene.geometry
    return new uPlot(
      {
        ...sizeOf(scene.geometry),
        ms: 1,
        padding: [top, right + OVERHANG.right, 0, 0],
        cursor: { show: false },
        legend: { show: false },
        select: { show: false, left: 0, top: 0, width: 0, height: 0 },
        scales: {
          x: { time: false, range: () => [scene.geometry.grid.start, endOf(scene.geometry.grid)] },
          y: { range: () => [scene.geometry.axis.min, scene.geometry.axis.max] },
        },
        axes: [
          {
            size: bottom,
            gap: 4,
            font: palette.font,
            stroke: () => palette['ink-3'],
            grid: { show: false },
            ticks: { stroke: () => palette['line-strong'], size: 3, width: 1 },
            border: { show: true, stroke: () => palette['line-strong'], width: 1 },
            splits: () => timeTicksOf(scene.geometry).map(([time]) => time),
            values: () => timeTicksOf(scene.geometry).map(([, text]) => text),
          },
          {
            size: left + OVERHANG.left,
            gap: 6,
            font: palette.font,
            stroke: () => palette['ink-3'],
            grid: { stroke: () => palette['line-grid'], width: 1 },
            ticks: { show: false },
            splits: () => [...scene.geometry.axis.ticks],
            values: (_, ticks) => ticks.map((value) => tickText(value, scene.unit)),
          },
        ],
        series: [{}, ...scene.lines.map(seriesOf)],
        hooks: {
          drawClear: [drawing((context) => drawBand(context, scene, palette))],
          drawAxes: [
            drawing((context) => {
              drawMarks(context, scene, palette)
              drawThreshold(context, scene, palette)
            }),
          ],
          draw: [
            drawing((context) => {
              drawOver(context, scene, palette)
              drawExemplars(context, scene, palette)
            }),
          ],
        },
      },
      dataOf(scene),
      root,
    )
  }

  return {
    show(next, colours) {
      // uPlot has its fonts and the styles of its lines from its beginning.
      const nextShape = JSON.stringify([
        next.lines.map(({ style }) => style),
        next.bars,
        next.isStale,
        colours.font,
        next.geometry.bottom,
      ])
      const size = sizeOf(next.geometry)
      const isResized = chart !== undefined && (size.width !== chart.width || size.height !== chart.height)
      scene = next
      palette = colours
      if (chart === undefined || nextShape !== shape) {
        chart?.destroy()
        shape = nextShape
        chart = create()
        return
      }
      chart.setData(dataOf(scene))
      if (isResized) chart.setSize(size)
    },
    destroy() {
      chart?.destroy()
      chart = undefined
    },
  }
}

const sizeOf = ({ width, height }: Geometry) => ({ width: width + OVERHANG.left + OVERHANG.right, height })

const timeTicksOf = ({ grid, width, left, right }: Geometry) =>
  timeTicks(grid.start, endOf(grid), width - left - right)

/** A value without neighbours has no line: it is a point. */
function isLonely(u: uPlot, n: number): boolean {
  const values = u.data[n] ?? []
  let count = 0
  for (let i = 0; i < values.length && count < 2; i++) if (typeof values[i] === 'number') count++
  return count === 1
}

function dataOf({ geometry: { grid }, lines }: Scene): uPlot.AlignedData {
  return [
    Array.from({ length: grid.count }, (_, n) => grid.start + n * grid.step),
    ...lines.map(({ values }) => [...values]),
  ]
}
