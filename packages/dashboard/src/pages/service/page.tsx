import { useComputed } from '@preact/signals'
import { useRoute } from 'preact-iso'

import { useLines } from '../../api/series.ts'
import { Figure } from '../../charts/figure.tsx'
import { LineChart } from '../../charts/line-chart.tsx'
import { Spark } from '../../charts/spark.tsx'
import { Page } from '../../shell/page.tsx'

export default function ServicePage() {
  const name = useRoute().params['name'] ?? ''
  return (
    <Page title={name}>
      <Charts key={name} name={name} />
    </Page>
  )
}

function Charts({ name }: { name: string }) {
  const job = `job=${JSON.stringify(name)}`
  const rate = useLines(() => `sum(rate(http_server_request_duration_seconds_count{${job}}[1m]))`)
  const p95 = useLines(
    () =>
      `histogram_quantile(0.95, sum by (le) (rate(http_server_request_duration_seconds_bucket{${job}}[2m])))`,
  )
  const heap = useLines(() => `nodejs_heap_size_used_bytes{${job}}`)
  const values = useComputed(() => rate.answer.value.value?.lines[0]?.values)
  return (
    <section class="sec grid">
      <div class="c3">
        <LineChart title="Requests" of="per second" unit="/s" {...rate} />
      </div>
      <div class="c3">
        <LineChart
          title="Duration"
          of="p95"
          unit="s"
          {...p95}
          threshold={{ value: 1, text: 'alert above 1 s' }}
        />
      </div>
      <div class="c3">
        <LineChart title="Heap" unit="B" {...heap} height="h6" />
      </div>
      <div class="c3">
        <Spark label="rate" values={values.value} />
        <Figure of={1.5} values={values.value} unit="/s" />
      </div>
    </section>
  )
}
