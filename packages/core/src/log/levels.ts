import type { Logger } from 'pino'

import type { LogLevel } from '../options/rules.ts'
import { type LevelOrder, orderOf } from '../pino/line-shape.ts'
import { pathPatterns } from '../record/path.ts'

/** The levels of a logger, the most verbose first. */
export const LEVELS = [
  'trace',
  'debug',
  'info',
  'warn',
  'error',
  'fatal',
  'silent',
] as const satisfies readonly LogLevel[]

/** pino's numbers: https://github.com/pinojs/pino/blob/main/docs/api.md#level-string */
const VALUES: Readonly<Record<LogLevel, number>> = {
  trace: 10,
  debug: 20,
  info: 30,
  warn: 40,
  error: 50,
  fatal: 60,
  silent: Number.POSITIVE_INFINITY,
}

/** pino's number for a level. */
export function levelNumber(level: LogLevel): number {
  return VALUES[level]
}

/** A level and pino's number for it. */
interface Leveled {
  readonly level: LogLevel
  readonly value: number
}

/** A temporary level. */
export interface LevelChange {
  readonly level: LogLevel
  /** pino's number for it. */
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly until: number
  /** The path of its requests; with `*` at the end, a prefix. `undefined`: all lines, within requests and outside. */
  readonly path: string | undefined
}

interface TimedChange extends LevelChange {
  readonly timer: NodeJS.Timeout
  isFor(path: string): boolean
}

/** A logger whose level changes while the service runs. */
export class LeveledLogger {
  readonly #logger: Logger
  readonly #order: LevelOrder
  readonly #filters: boolean
  #own: string
  #ownValue: number
  #changing = false

  /**
   * @param filters whether the logger compares each line with its own threshold, so that a lower level can be set for
   * some requests
   */
  constructor(logger: Logger, filters: boolean) {
    this.#logger = logger
    this.#order = orderOf(logger)
    this.#filters = filters
    this.#own = logger.level
    this.#ownValue = logger.levelVal
    // A level that code sets is the application's own level. It applies again after the temporary change ends.
    logger.on('level-change', (level, value, _before, _valueBefore, changed: unknown) => {
      if (this.#changing || changed !== logger) return
      this.#own = level
      this.#ownValue = value
    })
  }

  /** The level that the application has set. */
  get own(): string {
    return this.#own
  }

  /** pino's number for it. */
  get ownValue(): number {
    return this.#ownValue
  }

  /** Sets the lowest level that any change or route needs. */
  follow(everywhere: LevelChange | undefined, some: readonly Leveled[]): void {
    const { writes, valueOf } = this.#order
    const base = everywhere?.level ?? this.#own
    const needed = this.#filters ? [base, ...some.map((each) => each.level)] : [base]
    const level = needed.reduce((lowest, each) => (writes(valueOf(lowest), valueOf(each)) ? each : lowest))
    if (this.#logger.level === level) return
    this.#changing = true
    try {
      this.#logger.level = level
    } finally {
      this.#changing = false
    }
  }
}

/** The levels of one Sightline's loggers, and their temporary changes. */
export class LogLevels {
  readonly #loggers = new Set<LeveledLogger>()
  /** The levels of routes from the options. `undefined`: none. */
  readonly #routes: ReadonlyMap<string, Leveled> | undefined
  #everywhere: TimedChange | undefined = undefined
  /** The most specific first. `undefined` without changes, so that a line has one value to check. */
  #paths: readonly TimedChange[] | undefined = undefined

  constructor(routes: Readonly<Record<string, LogLevel>> = {}) {
    const leveled = Object.entries(routes).map(
      ([route, level]) => [route, { level, value: levelNumber(level) }] as const,
    )
    this.#routes = leveled.length > 0 ? new Map(leveled) : undefined
  }

  /** Whether some requests have a level of their own. */
  get byRequest(): boolean {
    return this.#paths !== undefined || this.#routes !== undefined
  }

  /**
   * The level for a request, or for lines outside of requests: a temporary change first, then the route's level.
   * `undefined`: the logger's own level.
   *
   * @param route a function is called only if routes have levels
   */
  ofRequest(
    path: string | undefined,
    route: string | undefined | (() => string | undefined),
  ): Leveled | undefined {
    const change = this.of(path)
    if (change !== undefined || this.#routes === undefined) return change
    const matched = typeof route === 'function' ? route() : route
    return matched === undefined ? undefined : this.#routes.get(matched)
  }

  /** The changes: the general one first, then those for paths. */
  get changes(): readonly LevelChange[] {
    return [...(this.#everywhere ? [this.#everywhere] : []), ...(this.#paths ?? [])]
  }

  /** The change that applies to a path. `undefined` as the path: lines outside of requests. */
  of(path: string | undefined): LevelChange | undefined {
    if (this.#paths !== undefined && path !== undefined)
      for (const change of this.#paths) if (change.isFor(path)) return change
    return this.#everywhere
  }

  /** Makes a logger follow all changes, present and future. */
  add(logger: LeveledLogger): void {
    this.#loggers.add(logger)
    if (this.changes.length > 0 || this.#routes) logger.follow(this.#everywhere, this.#ofSome())
  }

  /**
   * Changes the level for a time.
   *
   * @param path restricts the change to requests of this path; `*` at the end makes it a prefix
   */
  change(level: LogLevel, ms: number, path?: string): void {
    this.#remove(path)
    const change: TimedChange = {
      level,
      value: levelNumber(level),
      until: Date.now() + ms,
      path,
      timer: setTimeout(() => this.revert(path), ms).unref(),
      isFor: path === undefined ? () => true : pathPatterns([path]),
    }
    if (path === undefined) this.#everywhere = change
    else this.#paths = [...(this.#paths ?? []), change].toSorted(bySpecificity)
    this.#apply()
  }

  revert(path?: string): void {
    this.#remove(path)
    this.#apply()
  }

  revertAll(): void {
    for (const { path } of this.changes) this.#remove(path)
    this.#apply()
  }

  #remove(path: string | undefined): void {
    if (path === undefined) {
      clearTimeout(this.#everywhere?.timer)
      this.#everywhere = undefined
      return
    }
    const kept = (this.#paths ?? []).filter((change) => {
      if (change.path === path) clearTimeout(change.timer)
      return change.path !== path
    })
    this.#paths = kept.length > 0 ? kept : undefined
  }

  #apply(): void {
    for (const logger of this.#loggers) logger.follow(this.#everywhere, this.#ofSome())
  }

  #ofSome(): readonly Leveled[] {
    return [...(this.#paths ?? []), ...(this.#routes?.values() ?? [])]
  }
}

/** Exact paths before prefixes, long prefixes before short ones. */
function bySpecificity({ path: a = '' }: LevelChange, { path: b = '' }: LevelChange): number {
  return Number(a.endsWith('*')) - Number(b.endsWith('*')) || b.length - a.length
}
