/** Access to pino's internals, for any installed copy of pino. */
import type { Logger } from 'pino'

/** The stream to which pino writes its lines. */
export interface LineStream {
  write(line: string): void
}

/** One of pino's functions that write a line. */
export type WriteLine = (this: Logger, ...args: readonly unknown[]) => void

/** pino's hooks for the calls and for the lines. */
export interface Hooks {
  logMethod?: ((this: Logger, args: unknown[], method: WriteLine, level: number) => void) | undefined
  streamWrite?: ((line: string) => string) | undefined
}

/** pino's serializers of fields, by name. */
export type Serializers = Record<string | symbol, (value: unknown) => unknown>

export interface Formatters {
  readonly log?: ((fields: object) => object) | undefined
  readonly bindings?: ((bindings: object) => object) | undefined
  readonly level?: unknown
}

// Symbols that all copies of pino share.
export const HOOKS = Symbol.for('pino.hooks')
export const SERIALIZERS = Symbol.for('pino.serializers')
export const FORMATTERS = Symbol.for('pino.formatters')
const METADATA = Symbol.for('pino.metadata')

/** Symbols that each copy of pino has for itself. */
type Private =
  | 'chindings'
  | 'errorKey'
  | 'formatOpts'
  | 'levelComp'
  | 'levelVal'
  | 'lsCache'
  | 'messageKey'
  | 'mixin'
  | 'mixinMergeStrategy'
  | 'nestedKey'
  | 'setLevel'
  | 'stream'
  | 'time'

/** Whether a value is a pino logger, of any copy of pino. */
export function isPino(logger: unknown): logger is Logger {
  return (
    typeof logger === 'object' &&
    logger !== null &&
    HOOKS in logger &&
    'child' in logger &&
    typeof logger.child === 'function' &&
    typeof privatePart(logger as unknown as Logger, 'chindings') === 'string'
  )
}

// A cache per copy of pino. The key is a function that all loggers of one copy share.
const symbolsOf = new WeakMap<object, ReadonlyMap<string, symbol>>()

/** The symbol of a private part. `undefined`: this version of pino has no such part. */
export function privateSymbol(logger: Logger, name: Private): symbol | undefined {
  const copy = logger.isLevelEnabled
  let symbols = symbolsOf.get(copy)
  if (symbols === undefined) {
    const found = new Map<string, symbol>()
    let owner: object | null = logger
    for (; owner !== null; owner = Object.getPrototypeOf(owner) as object | null)
      for (const symbol of Object.getOwnPropertySymbols(owner)) found.set(String(symbol.description), symbol)
    symbols = found
    symbolsOf.set(copy, symbols)
  }
  return symbols.get(`pino.${name}`)
}

/** A private part of a logger. */
export function privatePart(logger: Logger, name: Private): unknown {
  const symbol = privateSymbol(logger, name)
  // pino's types do not declare its private parts.
  return symbol === undefined ? undefined : (logger as unknown as Record<symbol, unknown>)[symbol]
}

/** The private parts that determine the shape of lines. Bindings and the level are not among them. */
const SHAPING: readonly Private[] = [
  'errorKey',
  'levelComp',
  'lsCache',
  'messageKey',
  'mixin',
  'mixinMergeStrategy',
  'nestedKey',
  'setLevel',
  'stream',
  'time',
]
// The key is a function that all loggers of one copy of pino share.
const shapingOf = new WeakMap<object, ReadonlySet<string | symbol>>()

/** The highest ancestor with the same shape of lines. It may differ in bindings, level, prefix and `redact`. */
export function shaperOf(logger: Logger): Logger {
  const shaping = shapingParts(logger)
  let shaper = logger
  for (;;) {
    const parent = Object.getPrototypeOf(shaper) as Logger | null
    if (parent === null || differs(shaper, parent, shaping)) return shaper
    shaper = parent
  }
}

function shapingParts(logger: Logger): ReadonlySet<string | symbol> {
  const known = shapingOf.get(logger.isLevelEnabled)
  if (known) return known
  const symbols = SHAPING.flatMap((name) => privateSymbol(logger, name) ?? [])
  const parts = new Set([...symbols, HOOKS, SERIALIZERS, FORMATTERS, 'child', 'setBindings', 'levels'])
  shapingOf.set(logger.isLevelEnabled, parts)
  return parts
}

/** Whether a property of a logger only concerns the shape of lines, the bindings or the level. */
export function isSettled(logger: Logger, name: string | symbol): boolean {
  if (typeof name === 'string') return name in logger.levels.values || name === 'silent' || name === 'levels'
  return (
    shapingParts(logger).has(name) ||
    name === privateSymbol(logger, 'chindings') ||
    name === privateSymbol(logger, 'levelVal')
  )
}

function differs(child: object, parent: object, shaping: ReadonlySet<string | symbol>): boolean {
  type Parts = Record<string | symbol, unknown>
  for (const name of Reflect.ownKeys(child)) {
    if (!shaping.has(name)) continue
    const own = (child as Parts)[name]
    const inherited = (parent as Parts)[name]
    // pino creates this part anew for each child.
    if (name === FORMATTERS ? !areAlike(own as Formatters, inherited as Formatters) : own !== inherited)
      return true
  }
  return false
}

function areAlike(formatters: Formatters, others: Formatters | undefined): boolean {
  return formatters.log === others?.log && formatters.level === others?.level
}

/** Sets a private part of a logger itself, not of its ancestors. */
export function setPrivatePart(logger: Logger, name: Private, value: unknown): void {
  const symbol = privateSymbol(logger, name)
  if (symbol !== undefined)
    Object.defineProperty(logger, symbol, { value, writable: true, configurable: true, enumerable: true })
}

/**
 * Makes the methods of a logger and its children call a hook for lines below the level, instead of doing nothing. A
 * silent logger is excluded.
 */
export function hookBelowLevel(logger: Logger, lowest: string, hook: NonNullable<Hooks['logMethod']>): void {
  const symbol = privateSymbol(logger, 'setLevel')
  if (symbol === undefined) return
  type Methods = Record<string | symbol, unknown>
  const setLevel = (logger as unknown as Methods)[symbol] as (this: Logger, level: string) => void
  // pino builds the methods of enabled levels around the hook, and leaves the others empty. On this object all levels
  // are enabled.
  const open = Object.create(logger) as Logger & Methods
  open[HOOKS] = { ...(open[HOOKS] as object), logMethod: hook }
  setLevel.call(open, lowest)
  const hooked: Methods = {
    [symbol](this: Logger & Methods, level: string) {
      setLevel.call(this, level)
      if (this.levelVal === Number.POSITIVE_INFINITY) return
      for (const name of Object.keys(this.levels.values))
        if (!this.isLevelEnabled(name) && open[name] !== undefined) this[name] = open[name]
    },
  }
  Object.assign(logger, hooked)
}

/** Makes a logger that passes each line to `take` together with its stream, and is otherwise the same. */
export type Diversion = <L extends Logger>(logger: L, take: (line: string, stream: LineStream) => void) => L

/** Makes the diversion for a logger and its children. `undefined`: this version of pino is unknown. */
export function diversionOf(logger: Logger): Diversion | undefined {
  const symbol = privateSymbol(logger, 'stream')
  if (symbol === undefined) return undefined
  const stream = (logger as unknown as Record<symbol, LineStream>)[symbol] as LineStream
  return (writer, take) => {
    const diverted = Object.create(writer)
    diverted[symbol] = { write: (line: string) => take(line, stream) }
    return diverted
  }
}

/** Writes a diverted line to its stream. A stream that chooses by level first gets the level. */
export function writeLate(stream: LineStream, line: string, level: number): void {
  if (METADATA in stream)
    Object.assign(stream, { lastLevel: level, lastObj: {}, lastMsg: undefined, lastTime: undefined })
  stream.write(line)
}
