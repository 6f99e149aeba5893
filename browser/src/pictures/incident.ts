import { ask, type Line } from '../story.ts'

const MINUTE = 60_000

/** The pages to take pictures of, with their addresses while the incident of the made-up shop is at its height. */
export async function incidentOf(url: string): Promise<Readonly<Record<Page, string>>> {
  const { logs } = await ask<{ logs: readonly Line[] }>(url, '/api/logs', {
    q: 'service:payments level:error error:QueryTimeoutError',
    limit: '500',
  })
  const [last, first] = [logs[0], logs.at(-1)]
  if (last === undefined || first === undefined) throw new Error('The shop has had no incident')
  const [began, ended] = [msOf(first), msOf(last)]
  // A line of the middle of the incident, in the trace of a checkout that failed.
  const line = logs[Math.floor(logs.length / 2)] ?? first
  const slow = await slowOf(url, began, ended)
  const range = `from=${began - 9 * MINUTE}&to=${ended - MINUTE / 2}`
  const brush = [began + 2 * MINUTE, ended - MINUTE, 1_500, 5_000]
  return {
    overview: `/?${range}`,
    service: `/services/payments?${range}`,
    traces: `/traces?${range}&q=service:payments`,
    explain: `/traces?${range}&q=service:payments&sel=${brush.join('_')}`,
    trace: `/traces/${slow.traceId}?span=${slow.spanId}&${range}`,
    span: `/traces/${line.traceId}?span=${line.spanId}&${range}`,
    logs: `/logs?${range}`,
    line: `/logs?${range}&q=level:error&open=${encodeURIComponent(line.cursor)}`,
    errors: `/errors?${range}`,
    metrics: `/explore?${range}`,
    business: `/business?${range}`,
    map: `/map?${range}`,
    alerts: `/alerts?${range}`,
    // The hub knows of itself what it did since it was started.
    hub: '/hub?r=15m',
  }
}

type Page =
  | 'overview'
  | 'service'
  | 'traces'
  | 'explain'
  | 'trace'
  | 'span'
  | 'logs'
  | 'line'
  | 'errors'
  | 'metrics'
  | 'business'
  | 'map'
  | 'alerts'
  | 'hub'

const msOf = ({ time }: Line): number => Number(BigInt(time) / 1_000_000n)

/** A slow checkout of the incident, whose payment queries the ledger again and again. */
async function slowOf(
  url: string,
  from: number,
  to: number,
): Promise<{ readonly traceId: string; readonly spanId: string }> {
  const { traces } = await ask<{
    traces: ReadonlyArray<{ traceId: string; spans: number; match: { spanId: string } }>
  }>(url, '/api/traces', {
    q: 'service:payments route:/payments status<500',
    from: String(from),
    to: String(to),
    order: 'slowest',
    limit: '50',
  })
  const trace = traces.toSorted((a, b) => b.spans - a.spans)[0]
  if (trace === undefined) throw new Error('The shop has had no slow checkout')
  return { traceId: trace.traceId, spanId: trace.match.spanId }
}
