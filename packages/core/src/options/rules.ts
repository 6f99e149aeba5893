/** The types of values in options: functions of the application, names, and objects of other libraries. */
import type { Fields, NodeRequest, NodeResponse, RequestRecord } from '../seam.ts'

/** A log level. `silent` writes nothing. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** The field names and nesting of lines: Sightline's own, Elastic Common Schema, or OpenTelemetry's log data model. */
export type LayoutName = 'sightline' | 'ecs' | 'otel'

/** The trusted callers: all, none, or those for which the function returns `true`. */
export type Trust = 'always' | 'never' | ((req: NodeRequest) => boolean)

/** Makes the id of a request: a text or a number. */
export type RequestIdRule = (req: NodeRequest, res: NodeResponse) => unknown

/** Whether an arriving request gets no access event. */
export type IgnoreRule = (req: NodeRequest) => boolean

/** Names the route of a request that the router does not know. */
export type RouteRule = (req: NodeRequest, res: NodeResponse) => string | undefined

/** Changes to an access event. Absent properties keep their values. */
export interface AccessEvent {
  /** `silent`: the event is not written. */
  readonly level?: LogLevel
  readonly message?: string
  /** Further fields. They are masked like all others. */
  readonly fields?: Fields
}

/** Decides on the access event of an ended request. `false`: it is not written. */
export type AccessEventRule = (
  record: RequestRecord,
  req: NodeRequest,
  res: NodeResponse,
) => AccessEvent | false | undefined

/** A destination of log lines: each call passes one line with its line feed. The `DestinationStream` of pino. */
export interface LogDestination {
  write(line: string): void
}

/**
 * A registry of `@prometheus-io/client` or its predecessor `prom-client`, reduced to their common part. One scrape can
 * show the metrics of both.
 */
export interface ClientRegistry {
  getMetricsAsJSON(): Promise<readonly object[]>
}
