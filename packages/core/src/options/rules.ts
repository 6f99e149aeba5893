/**
 * The types of what an application hands over in its options: rules as functions, names, and objects of other libraries.
 */
import type { Fields, NodeRequest, NodeResponse, RequestRecord } from '../seam.ts'

/** A level of the log; `silent`: nothing is written. */
export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

/** Under which names lines are written: Sightline's own, those of Elastic Common Schema, or those of OpenTelemetry's log data model. */
export type LayoutName = 'sightline' | 'ecs' | 'otel'

/** Whose request ids are believed: everybody's, nobody's, or those of the requests for which the function says so. */
export type Trust = 'always' | 'never' | ((req: NodeRequest) => boolean)

/** Makes the id of a request: a text or a number. */
export type RequestIdRule = (req: NodeRequest, res: NodeResponse) => unknown

/** Says of a request that has arrived whether it gets no access event. */
export type IgnoreRule = (req: NodeRequest) => boolean

/** Names the route of a request itself, where no router knows it. */
export type RouteRule = (req: NodeRequest, res: NodeResponse) => string | undefined

/** What an application settles of an access event. What it leaves out stays as it is. */
export interface AccessEvent {
  /** `silent`: there is no event. */
  readonly level?: LogLevel
  readonly message?: string
  /** More fields, masked like all others. */
  readonly fields?: Fields
}

/** Settles the access event of a request that has ended; `false`: there is none. */
export type AccessEventRule = (
  record: RequestRecord,
  req: NodeRequest,
  res: NodeResponse,
) => AccessEvent | false | undefined

/** Where log lines go: each call is one line with its line feed. The `DestinationStream` of pino. */
export interface LogDestination {
  write(line: string): void
}

/**
 * A registry of `@prometheus-io/client` or of its predecessor `prom-client`: what the two have in common, so that one
 * scrape can hold what was registered with either.
 */
export interface ClientRegistry {
  getMetricsAsJSON(): Promise<readonly object[]>
}
