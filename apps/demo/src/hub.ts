import { buildDashboard } from '@sightline/dashboard'
import { type Hub, startHub } from '@sightline/hub'

/** Starts the hub of the demo with its dashboard, on a free port. */
export async function openHub(folder: string): Promise<Hub> {
  return startHub({ folder, port: 0, dashboard: await buildDashboard() })
}

/** Whether the user sends the telemetry of the services elsewhere. */
export function isSentElsewhere(env: NodeJS.ProcessEnv): boolean {
  return Boolean(env['OTEL_EXPORTER_OTLP_ENDPOINT'] ?? env['OTEL_TRACES_EXPORTER'])
}

/** The variables of a service that sends to the hub, soon enough for its live view. Intervals are milliseconds. */
export function variablesFor({ url }: Pick<Hub, 'url'>): Record<string, string> {
  return {
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_BSP_SCHEDULE_DELAY: '500',
    OTEL_BLRP_SCHEDULE_DELAY: '500',
    OTEL_METRIC_EXPORT_INTERVAL: '2000',
  }
}
