import { type LevelWithSilent, type Logger, pino, type SerializerFn } from 'pino'

import { LEVELS } from '../log/levels.ts'
import type { LogOptions, SightlineOptions } from '../options/options.ts'
import type { AccessEventRule, LogDestination, LogLevel } from '../options/rules.ts'
import { shown } from '../requirements/requirements.ts'
import type { Fields, NodeRequest, NodeResponse } from '../seam.ts'

/** The options of pino-http that have a counterpart here: https://github.com/pinojs/pino-http#api */
export interface PinoHttpOptions {
  // Declared as methods, so that functions with the application's own request types also fit.
  readonly logger?: Logger
  readonly level?: string
  readonly stream?: LogDestination
  /**
   * The last names of its paths are masked at any depth. The censor is always `[redacted]`, and fields are never
   * removed.
   */
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
  /** Without effect: lines contain neither the request nor the response by default. */
  readonly quietReqLogger?: boolean
  readonly quietResLogger?: boolean
}

interface AutoLogging {
  /** Any truthy result excludes the request. */
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
 * Converts the options of pino-http to Sightline's options.
 *
 * @throws {TypeError} if an option has no counterpart
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

/** pino-http passes its serializers the output of pino's own ones, unless an option disables that. */
function serializersOf({
  serializers,
  wrapSerializers = true,
}: PinoHttpOptions): Record<string, SerializerFn> | undefined {
  if (serializers === undefined) return undefined
  const { err, ...others } = serializers
  const { req, res } = others
  const { wrapRequestSerializer, wrapResponseSerializer } = pino.stdSerializers
  // pino's own error serializer prints less than Sightline does.
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
    // pino-http does not see thrown errors. An error for the client, such as 404, is to it a normal response.
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

  /** Handles an unknown level as pino-http does. */
  function validLevel(level: string | undefined): LogLevel | undefined {
    if (level === undefined && customLogLevel === undefined) return undefined
    const known = LEVELS.find((each) => each === level?.trim())
    return known ?? (customLogLevel ? 'info' : undefined)
  }
}

/** A response with the error that its application has set for pino-http. */
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
