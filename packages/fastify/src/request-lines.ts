import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'

import { partOf } from './internals.ts'
import type { LoggerOwner } from './logger.ts'

/** Reports an error to the request's observation. `false`: the event shows another error, or is already written. */
export type ErrorReport = (error: unknown, request: FastifyRequest, reply: FastifyReply) => boolean

type Line = (error: unknown, request: FastifyRequest, reply: FastifyReply, more?: unknown) => unknown
type ErrorLine = 'requestCompleted' | 'defaultErrorLog' | 'streamError' | 'writeHeadError' | 'serializerError'

/** Fastify's lines about requests: https://fastify.dev/docs/latest/Reference/Logging/ */
interface LogController extends Record<ErrorLine, Line> {
  incomingRequest(...args: unknown[]): unknown
  routeNotFound(...args: unknown[]): unknown
}

/**
 * Replaces Fastify's own lines about requests. The access event replaces the two lines of a successful request, and the
 * line of an error that the event shows. All other lines stay, and so do the lines of an application's own controller.
 */
export function replaceRequestLines(app: FastifyInstance, owner: LoggerOwner, report: ErrorReport): void {
  const part = partOf<LogController>(app, 'fastify.logController')
  // Fastify before 5.10 has no controller.
  if (part === undefined) return
  const { value: controller } = part
  const fastifys = rootOf(controller)
  const isFastifys = (line: keyof LogController) => controller[line] === fastifys[line]
  /** Whether a line is Fastify's own, in a log with access events. */
  const isReplaced = (line: keyof LogController) => owner !== 'application' && isFastifys(line)
  /** Whether a line is Fastify's own and off together with its logger. Error lines are still written. */
  const isOff = (line: keyof LogController) => owner === 'sightline' && isFastifys(line)

  const errorLine = (line: ErrorLine): Line => {
    const makesRoom = isReplaced(line)
    const write = isOff(line) ? writeError : controller[line].bind(controller)
    return (error, request, reply, more) => {
      const isTold = report(error, request, reply)
      return isTold && makesRoom ? undefined : write(error, request, reply, more)
    }
  }
  const requestErrored = errorLine('requestCompleted')
  const streamFailed = errorLine('streamError')
  const completedMakesRoom = isReplaced('requestCompleted')
  const leavingIsOff = isOff('streamError')

  const lines: Partial<LogController> = {
    ...(isReplaced('incomingRequest') && { incomingRequest: nothing }),
    ...(isOff('routeNotFound') && { routeNotFound: nothing }),
    requestCompleted(error, request, reply, more) {
      if (error) return requestErrored(error, request, reply, more)
      return completedMakesRoom ? undefined : controller.requestCompleted(error, request, reply, more)
    },
    streamError(error, request, reply, more) {
      if (!isGone(request, reply)) return streamFailed(error, request, reply, more)
      // Errors that the client's leaving has caused are no failures of the service.
      const isLeaving = (error as { code?: unknown } | null)?.code === 'ERR_STREAM_PREMATURE_CLOSE'
      return isLeaving && leavingIsOff ? undefined : controller.streamError(error, request, reply, more)
    },
    defaultErrorLog: errorLine('defaultErrorLog'),
    writeHeadError: errorLine('writeHeadError'),
    serializerError: errorLine('serializerError'),
  }
  part.owner[part.symbol] = Object.assign(standIn(controller), lines)
}

function nothing(): void {}

/** Fastify's own lines contain its request and reply, which only the serializers of its own logger shorten. */
function writeError(error: unknown, _request: FastifyRequest, reply: FastifyReply): void {
  // For an error that is meant for the client, the access event is sufficient.
  if (reply.statusCode >= 500 || reply.statusCode < 400) reply.log.error({ err: error })
}

/** The base of Fastify's own controllers. */
function rootOf(controller: LogController): LogController {
  let root: object = controller
  for (
    let next = Object.getPrototypeOf(root) as object | null;
    next !== null && next !== Object.prototype;
    next = Object.getPrototypeOf(root) as object | null
  )
    root = next
  return root as LogController
}

/**
 * An object that behaves like the original. Its methods run on the original, because several applications may share one
 * controller, and a controller of the application may have private members.
 */
function standIn<Original extends object>(original: Original): Original {
  const copy = Object.create(original) as Original
  for (
    let owner: object | null = original;
    owner !== null && owner !== Object.prototype;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    for (const name of Object.getOwnPropertyNames(owner) as (keyof Original)[]) {
      if (name === 'constructor' || Object.hasOwn(copy, name)) continue
      const part: unknown = original[name]
      const descriptor =
        typeof part === 'function'
          ? { value: part.bind(original) as unknown, writable: true }
          : { get: () => original[name], set: (value: never) => void (original[name] = value) }
      Object.defineProperty(copy, name, { ...descriptor, configurable: true })
    }
  }
  return copy
}

/** Whether the client has left before the service broke off the response. */
function isGone({ raw }: FastifyRequest, reply: FastifyReply): boolean {
  return raw.aborted || reply.raw.destroyed || reply.raw.socket?.destroyed === true
}
