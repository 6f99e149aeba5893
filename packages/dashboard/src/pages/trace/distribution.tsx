import { useLoaded } from '../../api/answer.ts'
import { grouped, textOf } from '../../format/numbers.ts'
import { distributionOf, type HeatmapAnswer, quantileOf, shareBelow } from '../../trace/distribution.ts'
import type { Span } from '../../trace/span.ts'

const BARS = 44
const [WIDTH, HEIGHT, FOOT] = [400, 64, 14]

/** How long requests of the route took in the same hour, with this one among them. */
export function Distribution({
  span,
  route,
  range,
}: {
  span: Span
  route: string
  range: { readonly from: string; readonly to: string }
}) {
  const { answer } = useLoaded((api, signal) =>
    api.get<HeatmapAnswer>(
      '/api/traces/heatmap',
      { service: span.service, route, from: range.from, to: range.to, columns: 1, rows: BARS },
      signal,
    ),
  )
  const { value } = answer.value
  if (value === undefined) return <section class="plot h4" />
  const distribution = distributionOf(value)
  const { bounds, counts, total } = distribution
  if (total < 2) return null
  const most = Math.max(...counts)
  const width = WIDTH / BARS
  const own = bounds.findLastIndex((bound) => bound <= span.duration)
  const slower = Math.round(shareBelow(distribution, span.duration) * 100)
  const said = `Slower than ${slower} % of ${grouped(total)}. Median ${ms(quantileOf(distribution, 0.5))}, p95 ${ms(quantileOf(distribution, 0.95))}.`
  return (
    <section>
      <h3>Compared with this route in that hour</h3>
      <div class="plot h4" role="img" aria-label={`Distribution of durations of ${route}. ${said}`}>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none">
          {counts.map((count, row) => {
            const height = (count / most) * (HEIGHT - FOOT)
            return (
              <rect
                key={row}
                class={row === own ? 'here' : 'h2'}
                x={row * width}
                y={HEIGHT - FOOT - Math.max(count > 0 ? 1.5 : 0, height)}
                width={width - 1}
                height={Math.max(count > 0 ? 1.5 : 0, height)}
              />
            )
          })}
          <line class="bl" x1="0" x2={WIDTH} y1={HEIGHT - FOOT} y2={HEIGHT - FOOT} />
        </svg>
      </div>
      <p class="small muted">{said}</p>
    </section>
  )
}

const ms = (value: number): string => textOf(value / 1_000, 's')
