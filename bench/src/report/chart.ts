import type { Run } from '../results.ts'
import { FRAMEWORK_TITLES } from './requests.ts'

/** The bars of each framework, with their labels. */
const BARS = [
  { variant: 'sightline-10', title: 'Sightline, everything', fill: '#2f9e6e' },
  { variant: 'logger', title: 'a logger alone', fill: '#8a94a6' },
  { variant: 'fair-10', title: 'id + log + metrics + OpenTelemetry', fill: '#c98a2b' },
  { variant: 'documented-10', title: 'the same, instrumented as documented', fill: '#b4513b' },
] as const

const WIDTH = 860
const MARGIN = 20
const LABEL_WIDTH = 290
const VALUE_WIDTH = 80
const BAR_HEIGHT = 18
const BAR_STEP = 25
const GROUP_GAP = 36

/** Draws the added cost of each framework's variants. */
export function drawChart({ findings, machine, date }: Run<'requests'>): string {
  const groups = findings.map(({ framework, costs }) => ({
    title: FRAMEWORK_TITLES[framework],
    bars: BARS.flatMap((bar) => {
      const cost = costs.find(({ name }) => name === bar.variant)
      return cost ? [{ ...bar, added: Math.max(0, cost.added.median) }] : []
    }),
  }))
  const most = Math.max(1, ...groups.flatMap(({ bars }) => bars.map(({ added }) => added)))
  const scale = (WIDTH - 2 * MARGIN - LABEL_WIDTH - VALUE_WIDTH) / most

  let y = MARGIN + 14
  const shapes = [text(MARGIN, y, 'CPU time added to a request, 10 % sampled, in microseconds', 'bold')]
  for (const { title, bars } of groups) {
    y += GROUP_GAP
    shapes.push(text(MARGIN, y, title, 'bold'))
    for (const { title: label, added, fill } of bars) {
      y += BAR_STEP
      const x = MARGIN + LABEL_WIDTH
      const width = Math.max(1, added * scale)
      shapes.push(
        text(MARGIN, y, label),
        `<rect x="${x}" y="${y - 14}" width="${width.toFixed(1)}" height="${BAR_HEIGHT}" rx="2" fill="${fill}"/>`,
        text(x + width + 8, y, added.toFixed(1)),
      )
    }
  }
  y += GROUP_GAP
  shapes.push(text(MARGIN, y, `Node.js ${machine.node}, ${machine.cores} cores, ${date}`))
  return picture(shapes, y + MARGIN)
}

function picture(shapes: readonly string[], height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img" aria-label="CPU time that Sightline and others add to a request">
  <rect width="100%" height="100%" rx="8" fill="#10151c"/>
  <g font-family="ui-sans-serif, system-ui, 'Segoe UI', 'DejaVu Sans', sans-serif" font-size="14" fill="#d5dde6">
${shapes.map((shape) => `    ${shape}`).join('\n')}
  </g>
</svg>
`
}

function text(x: number, y: number, content: string, weight = 'normal'): string {
  const escaped = content.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
  return `<text x="${x.toFixed(0)}" y="${y}" font-weight="${weight}">${escaped}</text>`
}
