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

/** How a service wants to be observed. All of it is optional. */
export interface SightlineOptions {
  /** Names the service in every log line. Default: `SIGHTLINE_SERVICE`, `OTEL_SERVICE_NAME`, the package's name. */
  readonly service?: string
  /** The service's version, for `service_info`. Default: `SIGHTLINE_VERSION`, the package's version. */
  readonly version?: string
  /** Whose request ids, traces and baggage are believed. Default: `SIGHTLINE_TRUST`, else `always`. */
  readonly trust?: Trust
  /**
   * Makes the ids of requests, in place of what callers send. One that cannot be passed on (see the contract of ids) is
   * replaced. Default: the caller's where it is believed, else a new one.
   */
  readonly requestId?: RequestIdRule
  /**
   * Names routes that no router knows, such as the operations of GraphQL. Called once for each request, when it has ended;
   * where it returns `undefined` the router's route stays. Return no ids or other values: names beyond `metrics.maxSeries`
   * are counted together. Default: routes are the router's.
   */
  readonly route?: RouteRule
  /** The members of W3C baggage that are taken from callers and passed on to others. Default: none. */
  readonly baggage?: readonly string[]
  readonly log?: LogOptions
  readonly metrics?: MetricsOptions
  readonly stats?: StatsOptions
  readonly health?: HealthOptions
  /** Who may read metrics, statistics and health in detail, and change the level of the log, and where. */
  readonly management?: ManagementOptions
  /**
   * How the service ends. `true`: signals are handled from the start; `false`: never. Default: `SIGHTLINE_LIFECYCLE`,
   * else signals are handled as soon as an application with an adapter listens, but not under a test runner.
   */
  readonly lifecycle?: boolean | LifecycleOptions
  /** Consumers of the records of requests within the process. */
  readonly sinks?: readonly Sink[]
  /** Places outside of the process to which logs, metrics and records are sent, such as `otel()` of `@sightline/otel`. */
  readonly destinations?: readonly Destination[]
}

export interface LogOptions {
  /** `trace`, `debug`, `info`, `warn`, `error`, `fatal` or `silent`. Default: `SIGHTLINE_LOG_LEVEL`, else `info`. */
  readonly level?: string
  /**
   * Levels of their own for routes: `{ '/ping': 'warn', '/orders/:id': 'debug' }`, for their access events and for the lines
   * that are written once the route is known. A level that is changed while the service runs comes before.
   */
  readonly levels?: Readonly<Record<string, LogLevel>>
  /** Lines for people instead of JSON. Default: `SIGHTLINE_LOG_PRETTY`, else where standard output is a terminal. */
  readonly pretty?: boolean
  /**
   * More names of fields to mask, at any depth, or `false`: mask nothing. Of a path such as `user.iban` or
   * `headers["x-iban"]` the last name counts. What is masked by default stays masked.
   */
  readonly redact?: readonly string[] | false
  /**
   * Under which names lines are written: Sightline's own, those of Elastic Common Schema, or those of OpenTelemetry's log data
   * model. A logger of the application's, and Fastify's, keep theirs. Default: `SIGHTLINE_LOG_LAYOUT`, else `sightline`.
   */
  readonly layout?: LayoutName
  /** Where lines go. Default: standard output. */
  readonly destination?: LogDestination
  /** A pino logger to use instead of an own one. Its level, format and destination stay as they are. */
  readonly logger?: Logger
  /**
   * Whether requests keep their lines that are below the level, to write them before the access event if they fail, are
   * aborted, or are slow. Default: `SIGHTLINE_LOG_DEBUG_ON_FAILURE`, else false.
   */
  readonly debugOnFailure?: boolean | DebugOnFailureOptions
  /**
   * Whether lines say which file, line and function has written them: `caller`. For development, as it costs some 10 µs a
   * line. Default: `SIGHTLINE_LOG_CALLER`, else false.
   */
  readonly caller?: boolean
  /** Whether the access event is written. Default: true. */
  readonly access?: boolean
  /**
   * Settles the level, the message and more fields of each access event, or that there is none. Called when the request has
   * ended. Default: as the contract says.
   */
  readonly event?: AccessEventRule
  /**
   * Leaves out access events of requests that went well and fast. Those that failed, were aborted, have a status from 400 on
   * or were slow are always written, and so are those whose level {@link event} has raised. Default: every event is written.
   */
  readonly sample?: SampleOptions
  /**
   * Whether access events have `request_headers` and `response_headers`, masked: all of them, or those of these names.
   * Default: false.
   */
  readonly headers?: boolean | readonly string[]
  /**
   * Whether access events have `request_body` and `response_body`: JSON and forms with the fields masked whose names are
   * secret, at any depth; plain text; of all else what it is and how long. Default: false.
   */
  readonly bodies?: boolean | BodyOptions
  /** What becomes of fields of these names in lines, as pino's option of this name. Not of `err`, which is printed anyway. */
  readonly serializers?: Readonly<Record<string, SerializerFn>>
  /**
   * Which requests have no access event: those of these paths, exact or with `*` at the end all that begin so, or those for
   * which a function says so. It is called when they arrive, before a router has changed their URL. They are counted and
   * traced as all others. Default: none.
   */
  readonly ignore?: readonly string[] | IgnoreRule
}

export interface SampleOptions {
  /**
   * The share of events that is written, from 0 to 1, by the trace's id: services that sample alike write the events of the
   * same traces, and so does a tracer that samples by ids. Each event that is written says for how many it stands:
   * `sample_weight`. Default: 1.
   */
  readonly ratio?: number
  /** Milliseconds from which on requests are slow: their events are always written. Default: 1000. */
  readonly keepSlow?: number
  /** Shares of their own for routes: `{ '/ping': 0, '/orders/:id': 1 }`. */
  readonly routes?: Readonly<Record<string, number>>
}

export interface BodyOptions {
  /** Bytes that are shown of each body. Of JSON and forms that are longer only the length is. Default: 4096. */
  readonly maxBytes?: number
  /** The routes whose bodies are shown. Default: all. */
  readonly routes?: readonly string[]
}

export interface DebugOnFailureOptions {
  /** How many lines a request keeps: the newest. Default: 100. */
  readonly lines?: number
  /** How many bytes of lines a request keeps. Default: 65536. All requests together keep 16 MB. */
  readonly bytes?: number
  /** Milliseconds from which on requests are slow: their lines are written as well. Default: never. */
  readonly keepSlow?: number
}

export interface MetricsOptions {
  /** Where scrapes are answered; `false`: nowhere. Default: `SIGHTLINE_METRICS_PATH`, else `/metrics`. */
  readonly path?: string | false
  /**
   * The names of the request metrics, or those under which dashboards know the duration already, as `fromExpressPromBundle`
   * and `fromFastifyMetrics` give them. Default: `SIGHTLINE_METRICS_NAMING`, else `classic`.
   */
  readonly naming?: 'classic' | 'otel' | DurationNaming
  /** Boundaries of the histogram of durations, in seconds, ascending. */
  readonly buckets?: readonly number[]
  /** Durations that were promised, in seconds: each becomes a boundary. */
  readonly slos?: readonly number[]
  /** How many label sets an instrument takes before the rest ends in one overflow series. Default: 2000. */
  readonly maxSeries?: number
  /** Whether `process_*` and `nodejs_*` are measured. Default: true. */
  readonly runtime?: boolean
  /** Whether the machine is measured when it is scraped: processors, memory, network, disks, limits. Default: true. */
  readonly host?: boolean
  /** Whether requests to others are measured: those of `fetch`, undici and `node:http`. Default: true. */
  readonly outbound?: boolean
  /**
   * Whether a scrape of this process holds its workers as well: those of `node:cluster` in the primary, and worker threads.
   * Counters are summed and outlive their worker. Default: false.
   */
  readonly workers?: boolean
  /** More registries for the same scrape, such as prom-client's `register`. */
  readonly registries?: readonly ClientRegistry[]
}

export interface StatsOptions {
  /** Where statistics are answered as JSON; `false`: nowhere. Default: `SIGHTLINE_STATS_PATH`, else `/stats`. */
  readonly path?: string | false
  /** Milliseconds that the statistics look back. Default: 60000. */
  readonly period?: number
  /** Milliseconds up to which a request satisfies, for Apdex. Default: 500. */
  readonly apdexTarget?: number
}

export interface HealthOptions {
  /**
   * Where the report is answered, and below it the probes `/live`, `/ready` and `/startup`; `false`: nowhere. Default:
   * `SIGHTLINE_HEALTH_PATH`, else `/health`.
   */
  readonly path?: string | false
  /** Probes that a thread answers while the event loop is blocked, on a port of their own. Default: there are none. */
  readonly probes?: ProbeOptions
}

/** A thread that answers `/live`, `/ready` and `/startup` and watches the event loop. */
export interface ProbeOptions {
  /** 0: any free one. Default: `SIGHTLINE_HEALTH_PROBES_PORT`. */
  readonly port?: number
  /** The address to listen on. Default: `SIGHTLINE_HEALTH_PROBES_HOST`, else all, for probes come to the pod's. */
  readonly host?: string
  /** Milliseconds without a turn after which the event loop counts as saturated: live, and as ready as before. Default: 1000. */
  readonly saturatedAfter?: number
  /** Milliseconds without a turn after which it counts as wedged: neither live nor ready. Default: 10000. */
  readonly wedgedAfter?: number
}

/** Without any of these, metrics and statistics are answered on the application's port, to everybody. */
export interface ManagementOptions {
  /**
   * A port of their own for metrics, statistics, health in detail and loggers. The application's port then answers probes
   * only. 0: any free one. Default: `SIGHTLINE_MANAGEMENT_PORT`, else there is none.
   */
  readonly port?: number
  /**
   * The address to listen on. On one that other machines reach, and without a token, all may read, but nobody sees the
   * details of health or changes a level. Default: `SIGHTLINE_MANAGEMENT_HOST`, else `127.0.0.1`.
   */
  readonly host?: string
  /**
   * What has to be sent as `authorization: Bearer …`, on whatever port, for all but the probes. Default:
   * `SIGHTLINE_MANAGEMENT_TOKEN`, else nothing has to.
   */
  readonly token?: string | undefined
  /** Where the level of the log is shown and changed; `false`: nowhere. Default: `/loggers`. */
  readonly loggers?: string | false
}

export interface LifecycleOptions {
  /** The signals that end the service. Default: SIGTERM and SIGINT. */
  readonly signals?: readonly NodeJS.Signals[]
  /**
   * Milliseconds for which the service serves on after a signal, until nobody sends it traffic any more. Default:
   * `SIGHTLINE_DRAIN_DELAY`, else 0.
   */
  readonly drainDelay?: number
  /**
   * Milliseconds from the signal to the end of the process, whatever hangs. Default: `SIGHTLINE_SHUTDOWN_DEADLINE`, else
   * 10000.
   */
  readonly deadline?: number
}
