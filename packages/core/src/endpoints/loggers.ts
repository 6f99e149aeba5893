import type { Logger } from 'pino'

import { LEVELS, type LevelChange, type LogLevels } from '../log/levels.ts'
import { ownLevel } from '../log/logger.ts'
import type { LogLevel } from '../options/rules.ts'
import type { NodeRequest, NodeResponse } from '../seam.ts'
import { bodyOf, Refusal } from './body.ts'
import { answer, type Endpoint, JSON_TYPE, TEXT_TYPE } from './endpoints.ts'

/** The methods of `/loggers`. */
export const LOGGERS_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE']

/** Duration of a change in seconds. Changes expire, since they are easily forgotten after an incident. */
const DEFAULT_FOR = 600
const MAX_FOR = 86_400
const MAX_PATHS = 20
const MAX_PATH_LENGTH = 200

/** The requested change. */
interface Wanted {
  readonly level: LogLevel
  /** Seconds. */
  readonly for: number
  readonly path?: string
}

/** Shows the log level, and changes it for a limited time. */
export function loggersEndpoint(levels: LogLevels, log: () => Logger): Endpoint {
  return async (req, res) => {
    try {
      if (req.method === 'DELETE') revert(req)
      else if (req.method !== 'GET' && req.method !== 'HEAD') await change(req)
      answer(req, res, 200, JSON_TYPE, `${JSON.stringify(shown(), undefined, 2)}\n`)
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refuse(req, res, error)
    }
  }

  async function change(req: NodeRequest): Promise<void> {
    // Browsers send the origin of a page, scripts do not. No page may change levels.
    if (req.headers.origin !== undefined) throw new Refusal(403, 'no page in a browser may change levels')
    const wanted = wantedIn(await bodyOf(req))
    const paths = levels.changes.filter(({ path }) => path !== undefined && path !== wanted.path)
    if (wanted.path !== undefined && paths.length >= MAX_PATHS)
      throw new Refusal(409, `there are ${MAX_PATHS} paths with a level of their own already: take one back`)
    log().warn(
      { log_level: wanted.level, for_seconds: wanted.for, log_path: wanted.path },
      'log level changed',
    )
    levels.change(wanted.level, wanted.for * 1_000, wanted.path)
  }

  function revert(req: NodeRequest): void {
    const path = pathIn(req)
    if (path === undefined) levels.revertAll()
    else if (levels.changes.some((each) => each.path === path)) levels.revert(path)
    else throw new Refusal(404, `no level was changed for the path ${path}`)
    log().warn({ log_path: path }, 'log level change taken back')
  }

  function shown(): object {
    const { level } = ownLevel(log())
    const changes = levels.changes.map(shownChange)
    const everywhere = changes.find(({ path }) => path === undefined)
    return {
      levels: LEVELS,
      configured: level,
      level,
      ...everywhere,
      paths: changes.filter(({ path }) => path !== undefined),
    }
  }
}

function shownChange({ level, until, path }: LevelChange) {
  return { ...(path !== undefined && { path }), level, until: new Date(until).toISOString() }
}

/** The path of `DELETE /loggers?path=/orders/*`. */
function pathIn({ url = '' }: NodeRequest): string | undefined {
  const query = url.indexOf('?')
  return query < 0 ? undefined : (new URLSearchParams(url.slice(query + 1)).get('path') ?? undefined)
}

/** @throws {Refusal} one sentence with the error */
function wantedIn(body: string): Wanted {
  const sent = parsed(body)
  for (const name of Object.keys(sent))
    if (!['level', 'for', 'path'].includes(name))
      throw new Refusal(400, `${JSON.stringify(name)} is unknown: there are level, for and path`)
  const { level, path, for: seconds = DEFAULT_FOR } = sent
  if (!isLevel(level))
    throw new Refusal(400, `level is ${inside(level)}, but must be one of ${LEVELS.join(', ')}`)
  if (typeof seconds !== 'number' || !(seconds > 0) || seconds > MAX_FOR)
    throw new Refusal(
      400,
      `for is ${inside(seconds)}, but must be a number of seconds above 0, up to ${MAX_FOR}`,
    )
  if (path === undefined) return { level, for: seconds }
  if (typeof path !== 'string' || path.length > MAX_PATH_LENGTH || !/^\/[^?#*\s]*\*?$/.test(path))
    throw new Refusal(
      400,
      `path is ${inside(path)}, but must be a path such as /orders/7, or /orders/* for all that begin so, of ${MAX_PATH_LENGTH} characters at most`,
    )
  return { level, for: seconds, path }
}

function parsed(body: string): Record<string, unknown> {
  try {
    const sent: unknown = JSON.parse(body)
    // A JSON object has strings as names.
    if (typeof sent === 'object' && sent !== null && !Array.isArray(sent))
      return sent as Record<string, unknown>
  } catch {
    // Answered like any other body that is no object.
  }
  throw new Refusal(
    400,
    'the body must be a JSON object such as {"level":"debug","path":"/orders/*","for":300}',
  )
}

function isLevel(level: unknown): level is LogLevel {
  return LEVELS.includes(level as LogLevel)
}

/** A sent value for use in a sentence. */
function inside(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 100 ? `${text.slice(0, 100)}…` : text
}

function refuse(req: NodeRequest, res: NodeResponse, { status, message }: Refusal): void {
  // An unread rest of the body would be parsed as the next request.
  if (req.httpVersionMajor === 1 && !req.complete) res.setHeader('connection', 'close')
  answer(req, res, status, TEXT_TYPE, `${message}\n`)
}
