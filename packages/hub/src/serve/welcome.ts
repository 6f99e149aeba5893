import { escapeHtml } from './replies.ts'

/** The page of a hub without the dashboard's files: what can be asked of it, and how a service sends to it. */
export function welcomePage(url: string): string {
  const lines: ReadonlyArray<readonly [title: string, code: string]> = [
    ['Any OpenTelemetry SDK', `OTEL_EXPORTER_OTLP_ENDPOINT=${url} OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf`],
    [
      'Sightline on Fastify',
      `await app.register(sightline, { destinations: [otel({ endpoint: '${url}' })] })`,
    ],
    ['Sightline on Express and Koa', `app.use(sightline({ destinations: [otel({ endpoint: '${url}' })] }))`],
    ['PromQL', `curl '${url}/api/v1/query?query=up'`],
    ['The newest log records', `curl '${url}/api/logs'`],
    ['The newest traces', `curl '${url}/api/traces'`],
    ['Grafana, as a Prometheus', url],
    ['Grafana, as a Jaeger', `${url}/jaeger`],
    ['The state of the hub', `curl ${url}/metrics`],
  ]
  const rows = lines.map(
    ([title, code]) => `<dt>${escapeHtml(title)}</dt><dd><code>${escapeHtml(code)}</code></dd>`,
  )
  return `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Sightline</title>
<h1>Sightline</h1>
<p>The hub is running. It receives <code>/v1/traces</code>, <code>/v1/metrics</code> and <code>/v1/logs</code>.</p>
<dl>
${rows.join('\n')}
</dl>
</html>
`
}
