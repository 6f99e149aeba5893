import { useLines } from '../../api/series.ts'
import { LineChart } from '../../charts/line-chart.tsx'
import type { Unit } from '../../format/numbers.ts'

interface Chart {
  readonly title: string
  readonly of: string
  readonly unit: Unit
  readonly query: string
  readonly empty?: string
}

const p95 = (name: string, by: string) =>
  `histogram_quantile(0.95, sum by (${by}, le) (rate(${name}_bucket[5m])))`

const CHARTS: readonly Chart[] = [
  {
    title: 'Stored',
    of: 'items per second',
    unit: '/s',
    query: 'sum by (signal) (rate(hub_stored_items_total[2m]))',
  },
  {
    title: 'Time to store',
    of: 'p95',
    unit: 's',
    query: p95('hub_ingest_duration_seconds', 'signal'),
  },
  {
    title: 'Time of queries',
    of: 'p95',
    unit: 's',
    query: p95('hub_query_duration_seconds', 'api'),
  },
  {
    title: 'Refused requests',
    of: 'per second',
    unit: '/s',
    query: 'sum by (reason) (rate(hub_refused_requests_total[2m]))',
    empty: 'No request was refused.',
  },
  { title: 'On disk', of: 'by kind', unit: 'B', query: 'sum by (kind) (hub_disk_bytes)' },
  { title: 'Series', of: 'by service', unit: 'int', query: 'topk(8, sum by (job) (hub_series{job!=""}))' },
  {
    title: 'Waiting to be stored',
    of: 'bytes of requests',
    unit: 'B',
    query: 'sum(hub_queued_bytes)',
  },
  {
    title: 'Received',
    of: 'bytes per second, as sent',
    unit: 'B/s',
    query: 'sum by (signal) (rate(hub_received_bytes_total[2m]))',
  },
]

/** The hub's own measurements, from the series that it keeps of itself. */
export function HubCharts() {
  return (
    <section class="sec" aria-labelledby="h-own">
      <div class="head">
        <h2 id="h-own">Own load and latency</h2>
      </div>
      <div class="grid">
        {CHARTS.map((chart) => (
          <HubChart key={chart.title} chart={chart} />
        ))}
      </div>
    </section>
  )
}

function HubChart({ chart: { title, of, unit, query, empty } }: { chart: Chart }) {
  const { answer, retry } = useLines(() => query)
  return (
    <div class="c6">
      <LineChart
        title={title}
        of={of}
        unit={unit}
        height="h7"
        answer={answer}
        retry={retry}
        empty={empty === undefined ? undefined : <span>{empty}</span>}
      />
    </div>
  )
}
