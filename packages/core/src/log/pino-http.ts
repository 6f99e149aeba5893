import { type LevelWithSilent, type Logger, pino, type SerializerFn } from 'pino'

import type { LogOptions, SightlineOptions } from '../options.ts'
import { shown } from '../requirements.ts'
import type { Fields } from '../seam.ts'
import type { NodeRequest, NodeResponse } from '../wire.ts'
import type { AccessEventRule } from './access-events.ts'
import { LEVELS, type LogLevel } from './levels.ts'
import type { LogDestination } from './stdout.ts'

/** The options of pino-http that have a counterpart here: https://github.com/pinojs/pino-http#api */
export interface PinoHttpOptions {
  // The functions are methods here, so that those fit as well that have the application's own types of requests.
  readonly logger?: Logger
  readonly level?: string
  readonly stream?: LogDestination
  /** The last names of its paths are masked at any depth. The censor is always `[redacted]`, and nothing is removed. */
  readonly redact?:
    | readonly string[]
    | { readonly paths: readonly string[]; readonly censor?: unknown; readonly remove?: boolean }
  readonly serializers?: Readonly<Record<string, SerializerFn>>
  readonly wrapSerializers?: boolean
  readonly useLevel?: string
  readonly autoLogging?: boolean | AutoLogging
  readonly customProps?: Fields | CustomProps['bivariant']
  genReqId?(req: NodeRequest, res: NodeResponse): unknown
  customLogLevel?(req: NodeRequest, res: NodeResponse, error?: Error): LevelWithSilent
  customSuccessMessage?(req: NodeRequest, res: NodeResponse, responseTime: number): string
  customErrorMessage?(req: NodeRequest, res: NodeResponse, error: Error, responseTime: number): string
  /** Lines hold neither the request nor the response as a rule: these change nothing. */
  readonly quietReqLogger?: boolean
  readonly quietResLogger?: boolean
}

interface AutoLogging {
  /** Whatever is truthy counts. */
  ignore?(req: NodeRequest): unknown
}

interface CustomProps {
  bivariant(req: NodeRequest, res: NodeResponse): object
}

const UNDERSTOOD = new Set([
  'autoLogging',
  'customErrorMessage',
  'customLogLevel',
  'customProps',
  'customSuccessMessage',
  'genReqId',
  'level',
  'logger',
  'quietReqLogger',
  'quietResLogger',
  'redact',
  'serializers',
  'stream',
  'useLevel',
  'wrapSerializers',
])

/**
 * Makes options of Sightline out of those of pino-http, for a service that comes from there.
 *
 * @throws {TypeError} where an option has no counterpart
 * @example
 * app.use(sightline({ service: 'orders', ...fromPinoHttp(options) }))
 */
export function fromPinoHttp(options: PinoHttpOptions): Pick<SightlineOptions, 'log' | 'requestId'> {
  for (const [name, value] of Object.entries(options)) {
    if (value !== undefined && !UNDERSTOOD.has(name))
      throw new TypeError(
        `Sightline: pino-http's option ${name} is ${shown(value, name)}, but has no counterpart here: leave it out, or hand over a pino logger of your own as option logger`,
      )
  }
  const { logger, level, stream, redact, genReqId, autoLogging } = options
  const { ignore } = typeof autoLogging === 'object' ? autoLogging : {}
  const serializers = serializersOf(options)
  const log: LogOptions = {
    ...(logger && { logger }),
    ...(level !== undefined && { level }),
    ...(stream && { destination: stream }),
    ...(redact && { redact: 'paths' in redact ? redact.paths : redact }),
    ...(serializers && { serializers }),
    ...(autoLogging === false && { access: false }),
    ...(ignore && { ignore: (req: NodeRequest) => Boolean(ignore(req)) }),
    event: eventRule(options, serializers),
  }
  return { log, ...(genReqId && { requestId: genReqId }) }
}

/** pino-http shows its serializers what pino's own have made of a request or response, unless it is told not to. */
function serializersOf({
  serializers,
  wrapSerializers = true,
}: PinoHttpOptions): Record<string, SerializerFn> | undefined {
  if (serializers === undefined) return undefined
  const { err, ...others } = serializers
  const { req, res } = others
  const { wrapRequestSerializer, wrapResponseSerializer } = pino.stdSerializers
  // pino's own says nothing that is not said here as well.
  if (err && err !== pino.stdSerializers.err && err !== pino.stdSerializers.errWithCause)
    throw new TypeError(
      "Sightline: pino-http's option serializers.err has no counterpart here: errors are printed with their causes and without their secrets, leave it out",
    )
  return {
    ...others,
    ...(req && wrapSerializers && { req: wrapRequestSerializer(req) }),
    ...(res && wrapSerializers && { res: wrapResponseSerializer(res) }),
  }
}

function eventRule(
  options: PinoHttpOptions,
  serializers: Record<string, SerializerFn> | undefined,
): AccessEventRule {
  const { useLevel, customLogLevel, customProps, customSuccessMessage, customErrorMessage } = options

  return ({ error: thrown, outcome, status, durationMs }, req, res) => {
    // pino-http knows no error that was thrown: with one that was meant for the client, 404 is what was answered.
    const error = outcome === 'broken' || status === undefined || status >= 500 ? asError(thrown) : undefined
    const level = validLevel(customLogLevel ? customLogLevel(req, res, error) : useLevel)
    const ms = Math.round(durationMs)
    const failure = error ?? asError((res as WithError).err ?? undefined) ?? failureOf(res)
    const message = failure
      ? customErrorMessage?.(req, res, failure, ms)
      : customSuccessMessage?.(req, res, ms)
    const props = typeof customProps === 'function' ? customProps(req, res) : customProps
    return {
      ...(level && { level }),
      ...(message !== undefined && { message }),
      fields: {
        ...(serializers?.req && { req: serializers.req(req) }),
        ...(serializers?.res && { res: serializers.res(res) }),
        ...props,
      },
    }
  }

  /** What pino-http does with a level that does not exist. */
  function validLevel(level: string | undefined): LogLevel | undefined {
    if (level === undefined && customLogLevel === undefined) return undefined
    const known = LEVELS.find((each) => each === level?.trim())
    return known ?? (customLogLevel ? 'info' : undefined)
  }
}

/** A response with the error that its application has put where pino-http looks for it. */
interface WithError {
  readonly err?: unknown
}

function failureOf({ statusCode }: NodeResponse): Error | undefined {
  return statusCode >= 500 ? new Error(`failed with status code ${statusCode}`) : undefined
}

function asError(thrown: unknown): Error | undefined {
  if (thrown === undefined) return undefined
  return thrown instanceof Error ? thrown : new Error(shown(thrown))
}
