import type { Logger, SerializerFn } from 'pino'

import type { Sink } from '../seam.ts'
import type { Destination } from '../taps.ts'
import type { DurationNaming } from './duration-naming.ts'
import type {
  AccessEventRule,
  ClientRegistry,
  IgnoreRule,
  LayoutName,
  LogDestination,
  LogLevel,
  RequestIdRule,
  RouteRule,
  Trust,
} from './rules.ts'

/** The options of a Sightline. All of them are optional. */
export interface SightlineOptions {
  /**
   * The name of the service in every log line. Default: `SIGHTLINE_SERVICE`, `OTEL_SERVICE_NAME`, the package's name.
   */
  readonly service?: string
  /** The version of the service in `service_info`. Default: `SIGHTLINE_VERSION`, the package's version. */
  readonly version?: string
  /** The callers whose request ids, traces and baggage are trusted. Default: `SIGHTLINE_TRUST`, else `always`. */
  readonly trust?: Trust
  /**
   * Makes the request ids, in place of the callers' ids. A result that is invalid as a request id is ignored. Default:
   * the id of a trusted caller, else a new one.
   */
  readonly requestId?: RequestIdRule
  /**
   * Names routes that the router does not know, such as GraphQL operations. Called once per request, at its end. If it
   * returns `undefined`, the router's route is used. Do not return ids or other varying values: names beyond
   * `metrics.maxSeries` share one series. Default: the router's routes.
   */
  readonly route?: RouteRule
  /** The members of W3C baggage that are read from callers and passed on to other services. Default: none. */
  readonly baggage?: readonly string[]
  readonly log?: LogOptions
  readonly metrics?: MetricsOptions
  readonly stats?: StatsOptions
  readonly health?: HealthOptions
  /**
   * The port of the management endpoints (metrics, statistics, details of health, log levels), and the access to them.
   */
  readonly management?: ManagementOptions
  /**
   * The shutdown of the service. `true`: signals are handled from the start; `false`: never. Default:
   * `SIGHTLINE_LIFECYCLE`, else signals are handled as soon as an application with an adapter listens, except under a
   * test runner.
   */
  readonly lifecycle?: boolean | LifecycleOptions
  /** Consumers of request records within the process. */
  readonly sinks?: readonly Sink[]
  /** Destinations outside of the process for logs, metrics and records, such as `otel()` of `@sightline/otel`. */
  readonly destinations?: readonly Destination[]
}

export interface LogOptions {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. Default: `SIGHTLINE_LOG_LEVEL`, else `info`. */
  readonly level?: string
  /**
   * Log levels of routes: `{ '/ping': 'warn', '/orders/:id': 'debug' }`. They apply to access events, and to lines that
   * are written after routing. A level that is changed at run time takes precedence.
   */
  readonly levels?: Readonly<Record<string, LogLevel>>
  /**
   * Whether lines are formatted for people, instead of as JSON. Default: `SIGHTLINE_LOG_PRETTY`, else true if standard
   * output is a terminal.
   */
  readonly pretty?: boolean
  /**
   * Further names of fields to mask, at any depth, besides the default ones. In a path such as `user.iban` or
   * `headers["x-iban"]`, the last name counts. `false` turns all masking off.
   */
  readonly redact?: readonly string[] | false
  /**
   * The field names and nesting of lines: Sightline's own, Elastic Common Schema, or OpenTelemetry's log data model. A
   * logger of the application or of Fastify keeps its own. Default: `SIGHTLINE_LOG_LAYOUT`, else `sightline`.
   */
  readonly layout?: LayoutName
  /** The destination of log lines. Default: standard output. */
  readonly destination?: LogDestination
  /** A pino logger of the application. Its level, format and destination stay as they are. */
  readonly logger?: Logger
  /**
   * Whether requests keep their lines below the level, and write them before the access event if they fail, are
   * aborted, or are slow. Default: `SIGHTLINE_LOG_DEBUG_ON_FAILURE`, else false.
   */
  readonly debugOnFailure?: boolean | DebugOnFailureOptions
  /**
   * Whether lines name the file, line and function that wrote them, as `caller`. For development, since it costs about
   * 10 µs per line. Default: `SIGHTLINE_LOG_CALLER`, else false.
   */
  readonly caller?: boolean
  /** Whether access events are written. Default: true. */
  readonly access?: boolean
  /**
   * Changes the level and the message of an access event, adds fields, or suppresses the event. Called at the end of
   * the request. Default: the level and the message depend on the outcome.
   */
  readonly event?: AccessEventRule
  /**
   * Samples the access events of requests that succeeded and were fast. Always written are the events of requests that
   * failed, were aborted, were slow, or have a status of 400 or above, and those whose level {@link event} has raised.
   * Default: every event is written.
   */
  readonly sample?: SampleOptions
  /**
   * Whether access events have `request_headers` and `response_headers`, masked. A list selects headers by name.
   * Default: false.
   */
  readonly headers?: boolean | readonly string[]
  /**
   * Whether access events have `request_body` and `response_body`. JSON and forms are shown with secret fields masked
   * at any depth, plain text is shown, and other types are shown as their type and length. Default: false.
   */
  readonly bodies?: boolean | BodyOptions
  /**
   * Serializers of fields by name, as in pino's option. `err` is not included, since Sightline prints errors itself.
   */
  readonly serializers?: Readonly<Record<string, SerializerFn>>
  /**
   * Requests without an access event: a list of paths, with `*` at the end as a prefix, or a function. The function is
   * called on arrival, before a router changes the URL. These requests are still counted and traced. Default: none.
   */
  readonly ignore?: readonly string[] | IgnoreRule
}

export interface SampleOptions {
  /**
   * The share of events that is written, from 0 to 1. It is decided by the trace id, so services with the same ratio
   * write the events of the same traces, and so does a tracer that samples by trace id. Each written event states how
   * many requests it represents: `sample_weight`. Default: 1.
   */
  readonly ratio?: number
  /** Requests that take longer, in milliseconds, are slow. Their events are always written. Default: 1000. */
  readonly keepSlow?: number
  /** Ratios of routes: `{ '/ping': 0, '/orders/:id': 1 }`. */
  readonly routes?: Readonly<Record<string, number>>
}

export interface BodyOptions {
  /** Maximum length of each shown body, in bytes. Longer JSON and forms are shown as their length. Default: 4096. */
  readonly maxBytes?: number
  /** The routes whose bodies are shown. Default: all. */
  readonly routes?: readonly string[]
}

export interface DebugOnFailureOptions {
  /** Maximum number of lines per request. The newest lines are kept. Default: 100. */
  readonly lines?: number
  /** Maximum size of the lines of a request, in bytes. All requests together keep 16 MB. Default: 65536. */
  readonly bytes?: number
  /** Requests that take longer, in milliseconds, are slow. Their lines are written as well. Default: never. */
  readonly keepSlow?: number
}

export interface MetricsOptions {
  /** The path of the scrape. `false` turns it off. Default: `SIGHTLINE_METRICS_PATH`, else `/metrics`. */
  readonly path?: string | false
  /**
   * The names of the request metrics, or the names of existing dashboards, as `fromExpressPromBundle` and
   * `fromFastifyMetrics` return them. Default: `SIGHTLINE_METRICS_NAMING`, else `classic`.
   */
  readonly naming?: 'classic' | 'otel' | DurationNaming
  /** Bucket boundaries of durations, in seconds, ascending. */
  readonly buckets?: readonly number[]
  /** Latency objectives in seconds. Each becomes a bucket boundary. */
  readonly slos?: readonly number[]
  /** Maximum number of label sets per instrument. Further ones share one overflow series. Default: 2000. */
  readonly maxSeries?: number
  /** Whether `process_*` and `nodejs_*` are measured. Default: true. */
  readonly runtime?: boolean
  /** Whether each scrape measures the machine: processors, memory, network, disks, limits. Default: true. */
  readonly host?: boolean
  /** Whether outbound requests are measured: those of `fetch`, undici and `node:http`. Default: true. */
  readonly outbound?: boolean
  /**
   * Whether a scrape of this process includes its workers: those of `node:cluster` in the primary, and worker threads.
   * Counters are summed, and the counts of an ended worker are kept. Default: false.
   */
  readonly workers?: boolean
  /** Further registries for the scrape, such as prom-client's `register`. */
  readonly registries?: readonly ClientRegistry[]
}

export interface StatsOptions {
  /** The path of the statistics as JSON. `false` turns them off. Default: `SIGHTLINE_STATS_PATH`, else `/stats`. */
  readonly path?: string | false
  /** Time window of the statistics in milliseconds. Default: 60000. */
  readonly period?: number
  /** The Apdex target: a request up to this latency in milliseconds counts as satisfied. Default: 500. */
  readonly apdexTarget?: number
}

export interface HealthOptions {
  /**
   * The path of the health report. The probes `/live`, `/ready` and `/startup` are below it. `false` turns them off.
   * Default: `SIGHTLINE_HEALTH_PATH`, else `/health`.
   */
  readonly path?: string | false
  /** Probes on their own port that a thread answers, even while the event loop is blocked. Default: none. */
  readonly probes?: ProbeOptions
}

/** A thread that answers `/live`, `/ready` and `/startup`, and watches the event loop. */
export interface ProbeOptions {
  /** The port. 0: any free port. Default: `SIGHTLINE_HEALTH_PROBES_PORT`. */
  readonly port?: number
  /**
   * The address to listen on. Default: `SIGHTLINE_HEALTH_PROBES_HOST`, else all addresses, since probes use the pod's.
   */
  readonly host?: string
  /**
   * Milliseconds without a turn after which the event loop counts as saturated: live, and ready as before. Default:
   * 1000.
   */
  readonly saturatedAfter?: number
  /**
   * Milliseconds without a turn after which the event loop counts as wedged: neither live nor ready. Default: 10000.
   */
  readonly wedgedAfter?: number
}

/** Without these options, the application's port serves metrics and statistics to all clients. */
export interface ManagementOptions {
  /**
   * A separate port for metrics, statistics, details of health, and log levels. The application's port then serves
   * probes only. 0: any free port. Default: `SIGHTLINE_MANAGEMENT_PORT`, else none.
   */
  readonly port?: number
  /**
   * The address to listen on. If other machines can reach it and there is no token, all clients may read metrics and
   * statistics, and none may see details of health or change log levels. Default: `SIGHTLINE_MANAGEMENT_HOST`, else
   * `127.0.0.1`.
   */
  readonly host?: string
  /**
   * The token that requests must send as `authorization: Bearer …`, on any port, except to probes. Default:
   * `SIGHTLINE_MANAGEMENT_TOKEN`, else no token is required.
   */
  readonly token?: string | undefined
  /** The path for reading and changing log levels. `false` turns it off. Default: `/loggers`. */
  readonly loggers?: string | false
}

export interface LifecycleOptions {
  /** The signals that start the shutdown. Default: SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
  /**
   * Milliseconds after a signal during which the service still accepts requests, until load balancers stop sending
   * them. Default: `SIGHTLINE_DRAIN_DELAY`, else 0.
   */
  readonly drainDelay?: number
  /**
   * Maximum milliseconds from the signal to the end of the process. A process that hangs is killed. Default:
   * `SIGHTLINE_SHUTDOWN_DEADLINE`, else 10000.
   */
  readonly deadline?: number
}
