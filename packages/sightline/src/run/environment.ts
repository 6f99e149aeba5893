/** Where the program's telemetry goes. */
export interface Sink {
  /** The origin of the hub. */
  readonly url: string
  readonly token: string | undefined
}

/** What decides where an SDK sends, how and with which headers; also per signal, as `OTEL_EXPORTER_OTLP_LOGS_ENDPOINT`. */
const DESTINATION = /^OTEL_EXPORTER_OTLP_(?:(?:TRACES|METRICS|LOGS)_)?(?:ENDPOINT|PROTOCOL|HEADERS)$/

/** Milliseconds. A developer wants to see a request at once, and collectors want few and large ones. */
const INTERVALS: Readonly<Record<string, string>> = {
  OTEL_BSP_SCHEDULE_DELAY: '500',
  OTEL_BLRP_SCHEDULE_DELAY: '500',
  OTEL_METRIC_EXPORT_INTERVAL: '5000',
}

/**
 * The environment of a program that sends its telemetry to a hub: the standard variables of OpenTelemetry. The destination replaces the
 * user's, and intervals are those of the user where set.
 * https://opentelemetry.io/docs/specs/otel/configuration/sdk-environment-variables/
 *
 * @param preload the URL of a module that Node.js imports first
 */
export function environmentOf(
  env: NodeJS.ProcessEnv,
  { url, token }: Sink,
  preload: string | undefined,
): NodeJS.ProcessEnv {
  const own = Object.entries(env).filter(([name]) => !DESTINATION.test(name))
  return {
    ...INTERVALS,
    // Some SDKs refuse an interval that is shorter than the timeout, whose default is 30 seconds.
    ...(env['OTEL_METRIC_EXPORT_INTERVAL'] === undefined && {
      OTEL_METRIC_EXPORT_TIMEOUT: INTERVALS['OTEL_METRIC_EXPORT_INTERVAL'],
    }),
    ...Object.fromEntries(own),
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    ...(token !== undefined && {
      OTEL_EXPORTER_OTLP_HEADERS: `authorization=${encodeURIComponent(`Bearer ${token}`)}`,
    }),
    ...(preload !== undefined && { NODE_OPTIONS: withImport(env['NODE_OPTIONS'], preload) }),
  }
}

/** The destinations of the user that a hub replaces, as `NAME=value`; headers, which may be secret, without their value. */
export function replacedBy({ url }: Sink, env: NodeJS.ProcessEnv): readonly string[] {
  return Object.entries(env).flatMap(([name, value = '']) => {
    if (!DESTINATION.test(name) || value === '' || name.endsWith('_PROTOCOL')) return []
    if (name.endsWith('_HEADERS')) return [name]
    return value.replace(/\/+$/, '') === url ? [] : [`${name}=${value}`]
  })
}

function withImport(options: string | undefined, url: string): string {
  return [options?.trim(), `--import ${url}`].filter(Boolean).join(' ')
}
