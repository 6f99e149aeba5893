import { type ReadonlySignal, useComputed } from '@preact/signals'

import type { Answer } from '../../api/answer.ts'
import { useExemplars } from '../../api/exemplars.ts'
import { useNormal } from '../../api/normal.ts'
import { type Lines, useLines } from '../../api/series.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import type { ChartLine, Exemplar } from '../../charts/types.ts'
import { requestQueries, type Source } from '../../promql/requests.ts'
import { partOf, together, windowOf } from '../../promql/together.ts'
import { useApp } from '../../state/app.ts'
import { FAILING, type Parts } from './service.ts'

/** The lines of the quantiles. The main one is drawn last, above the others. */
const QUANTILES = [
  ['p50', 0.5, 'p50'],
  ['p99', 0.99, 'p99'],
  ['p95', 0.95, 'ink'],
] as const

/** Requests, errors and duration of a service. */
export function Red({
  name,
  source,
  service,
  marks,
  found,
  onExemplar,
}: Parts & {
  /** How the metrics were found. */
  found: Found
  onExemplar: (exemplar: Exemplar) => void
}) {
  const { time } = useApp()
  const queries = useComputed(() => {
    const metrics = source.value
    return metrics ? requestQueries(metrics, name, windowOf(time.grid.value.step)) : undefined
  })
  const rate = useAfter(found, () => queries.value?.rate())
  const errors = useAfter(found, () => queries.value?.errorRatio())
  const durations = useAfter(
    found,
    () =>
      queries.value &&
      together(Object.fromEntries(QUANTILES.map(([label, q]) => [label, queries.value?.quantile(q)]))),
  )
  const band = useNormal(() => queries.value?.rate())
  const exemplars = useExemplars(() => queries.value?.buckets)
  const isEstimated = useComputed(() => service.answer.value.value?.requests?.estimated === true)
  const estimate = isEstimated.value ? { estimate: 'from spans' } : {}
  const empty = source.value === null ? <span>This service has reported no requests.</span> : undefined
  const common = { marks, hasMarkText: true, empty, ...estimate }

  return (
    <section id="red" aria-labelledby="h-red" class="sec grid">
      <h2 id="h-red" class="sr">
        Rate, errors and duration
      </h2>
      <div class="c3">
        <LineChart title="Requests" of="per second" unit="/s" {...rate} {...common} band={band} />
      </div>
      <div class="c3">
        <LineChart
          title="Errors"
          of="share of requests"
          unit="ratio"
          {...errors}
          {...common}
          threshold={{ value: FAILING, text: 'failing above 5 %' }}
        />
      </div>
      <div class="c6">
        <LineChart
          title="Duration"
          of={exemplars.value.length > 0 ? 'circles are traces' : undefined}
          unit="s"
          {...durations}
          {...common}
          lines={quantileLines}
          exemplars={exemplars}
          onExemplar={onExemplar}
        />
      </div>
    </section>
  )
}

/** What the metrics of the requests are, as it was loaded. */
interface Found {
  readonly answer: ReadonlySignal<Answer<Source | null>>
  readonly retry: () => void
}

/** Lines that are asked for once the metrics are known. That there are none, or that they could not be found, is told as of the lines. */
function useAfter(found: Found, query: () => string | undefined): ReturnType<typeof useLines> {
  const { time } = useApp()
  const { answer, retry } = useLines(query)
  const known = useComputed(() => found.answer.value.value)
  const failed = useComputed(() => (known.value === undefined ? found.answer.value.error : undefined))
  return {
    answer: useComputed(() => {
      if (known.value === null) return { ...answer.value, value: { grid: time.grid.value, lines: [] } }
      return failed.value === undefined ? answer.value : { ...answer.value, error: failed.value }
    }),
    retry: () => (failed.peek() === undefined ? retry() : found.retry()),
  }
}

function quantileLines(lines: Lines): readonly ChartLine[] {
  return QUANTILES.flatMap(([label, , style]) => {
    const [line] = partOf(lines, label).lines
    return line === undefined ? [] : { label, style, values: line.values }
  })
}
