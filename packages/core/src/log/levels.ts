import type { Logger } from 'pino'

import type { LogLevel } from '../options/rules.ts'
import { type LevelOrder, orderOf } from '../pino/line-shape.ts'
import { pathPatterns } from '../record/path.ts'

/** The levels that a logger can have, the most talkative first. */
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

/** A level that holds for a time. */
export interface LevelChange {
  readonly level: LogLevel
  /** pino's number for it. */
  readonly value: number
  /** Milliseconds since the epoch. */
  readonly until: number
  /** The requests that it is for: a path, or with `*` at the end all that begin so. `undefined`: all, and what is outside of requests. */
  readonly path: string | undefined
}

interface TimedChange extends LevelChange {
  readonly timer: NodeJS.Timeout
  isFor(path: string): boolean
}

/** A logger whose level is changed while the service runs. */
export class LeveledLogger {
  readonly #logger: Logger
  readonly #order: LevelOrder
  readonly #filters: boolean
  #own: string
  #ownValue: number
  #changing = false

  /** @param filters whether it looks at the threshold of each line by itself, so that it can be opened for the sake of some */
  constructor(logger: Logger, filters: boolean) {
    this.#logger = logger
    this.#order = orderOf(logger)
    this.#filters = filters
    this.#own = logger.level
    this.#ownValue = logger.levelVal
    // Whoever sets the level in code means what holds when nobody has changed it from outside.
    logger.on('level-change', (level, value, _before, _valueBefore, changed: unknown) => {
      if (this.#changing || changed !== logger) return
      this.#own = level
      this.#ownValue = value
    })
  }

  /** The level that it was given by the application. */
  get own(): string {
    return this.#own
  }

  /** pino's number for it. */
  get ownValue(): number {
    return this.#ownValue
  }

  /** Writes from the lowest level on that anybody needs. */
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

/** The levels of the log of one Sightline: those of its loggers, and what was changed while it runs, for a time. */
export class LogLevels {
  readonly #loggers = new Set<LeveledLogger>()
  /** The levels that the application has given to routes; `undefined`: it has given none. */
  readonly #routes: ReadonlyMap<string, Leveled> | undefined
  #everywhere: TimedChange | undefined = undefined
  /** The most specific first. `undefined` as long as there are none: that is all that a line has to ask. */
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
   * The level of a request, or outside of requests: what was changed while the service runs, else what the application has
   * given to the route. `undefined`: that of the logger.
   *
   * @param route asked only where routes have levels, if it is a function
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

  /** What was changed: first what is for all, then what is for some. */
  get changes(): readonly LevelChange[] {
    return [...(this.#everywhere ? [this.#everywhere] : []), ...(this.#paths ?? [])]
  }

  /** The change that holds for the requests of a path, or outside of requests. */
  of(path: string | undefined): LevelChange | undefined {
    if (this.#paths !== undefined && path !== undefined)
      for (const change of this.#paths) if (change.isFor(path)) return change
    return this.#everywhere
  }

  /** Lets a logger follow the changes, those that hold already included. */
  add(logger: LeveledLogger): void {
    this.#loggers.add(logger)
    if (this.changes.length > 0 || this.#routes) logger.follow(this.#everywhere, this.#ofSome())
  }

  /**
   * Changes the level for a time.
   *
   * @param path for the requests of this path only; `*` at its end: for all that begin so
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

  /** Takes a change back. */
  revert(path?: string): void {
    this.#remove(path)
    this.#apply()
  }

  /** Takes every change back. */
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

/** An exact path before all that begin with something, a long beginning before a short one. */
function bySpecificity({ path: a = '' }: LevelChange, { path: b = '' }: LevelChange): number {
  return Number(a.endsWith('*')) - Number(b.endsWith('*')) || b.length - a.length
}
