/** What has to be reached of pino's inside, of whatever copy of pino a logger is. */
import type { LogFn, Logger } from 'pino'

import type { Fields } from '../seam.ts'

/** What a user's call hands to pino. */
export type LogArguments = Parameters<LogFn>

/** Where pino writes its lines. */
export interface LineStream {
  write(line: string): void
}

type LogHook = (this: never, args: LogArguments, method: LogFn, level: number) => void

// The symbols that pino shares between its copies.
export const HOOKS = Symbol.for('pino.hooks')
export const SERIALIZERS = Symbol.for('pino.serializers')
const METADATA = Symbol.for('pino.metadata')

/** The key under which a pino logger writes messages. There is no way to ask for it but to look. */
export function messageKey(logger: Logger): string {
  const key = privatePart(logger, 'pino.messageKey')
  return typeof key === 'string' ? key : 'msg'
}

/** The level from which on a logger writes everything. */
export function lowestLevel({ levels: { values } }: Logger): string {
  const names = Object.keys(values)
  return names.reduce((lowest, name) => ((values[name] ?? 0) < (values[lowest] ?? 0) ? name : lowest))
}

/**
 * Has the methods of a logger and its children call a hook where they are below the level, instead of doing nothing. Not
 * those of a logger that is silent.
 */
export function hookBelowLevel(logger: Logger, hook: LogHook): void {
  const symbol = privateSymbol(logger, 'pino.setLevel')
  if (symbol === undefined) return
  type Methods = Record<string | symbol, unknown>
  const setLevel = (logger as unknown as Methods)[symbol] as (this: Logger, level: string) => void
  // pino builds the methods of levels that are on around the hook, and leaves the others empty: here all of them are on.
  const open = Object.create(logger) as Logger & Methods
  open[HOOKS] = { ...(open[HOOKS] as object), logMethod: hook }
  setLevel.call(open, lowestLevel(logger))
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

/** Makes a logger that is as another one, but hands each line to `take`, together with the stream that it was meant for. */
export type Diversion = <L extends Logger>(logger: L, take: (line: string, stream: LineStream) => void) => L

/** Makes the diversion for a logger and its children; `undefined`: this pino is none that we know. */
export function diversionOf(logger: Logger): Diversion | undefined {
  const symbol = privateSymbol(logger, 'pino.stream')
  if (symbol === undefined) return undefined
  const stream = (logger as unknown as Record<symbol, LineStream>)[symbol] as LineStream
  return (writer, take) => {
    const diverted = Object.create(writer)
    diverted[symbol] = { write: (line: string) => take(line, stream) }
    return diverted
  }
}

/** Makes a logger that is as another one, but has the bindings of an ancestor only. */
export type Unbinding = <L extends Logger>(logger: L) => L

/** Makes the unbinding for the descendants of a logger; `undefined`: this pino is none that we know. */
export function unbindingOf(ancestor: Logger): Unbinding | undefined {
  const symbol = privateSymbol(ancestor, 'pino.chindings')
  if (symbol === undefined) return undefined
  return (logger) => {
    const unbound = Object.create(logger)
    unbound[symbol] = (ancestor as unknown as Record<symbol, unknown>)[symbol]
    return unbound
  }
}

/** The names that stand in each line of a logger, whatever is logged: its level, its time, and what it was made with. */
export function namesOfEachLine(logger: Logger): ReadonlySet<string> {
  const levels = privatePart(logger, 'pino.lsCache') as Record<number, string> | undefined
  const time = privatePart(logger, 'pino.time') as (() => string) | undefined
  const bindings = privatePart(logger, 'pino.chindings') as string | undefined
  try {
    // As pino begins its lines: https://github.com/pinojs/pino/blob/main/lib/tools.js
    const [level = '{'] = Object.values(levels ?? {})
    return new Set(Object.keys(JSON.parse(`${level}${time?.() ?? ''}${bindings ?? ''}}`) as object))
  } catch {
    return new Set()
  }
}

/** Fields under names that do not stand in each line of their logger anyway: no line has a name twice. */
export function renamed(fields: Fields, taken: ReadonlySet<string>): Fields {
  for (const name of taken) if (Object.hasOwn(fields, name)) return withoutTaken(fields, taken)
  return fields
}

function withoutTaken(fields: Fields, taken: ReadonlySet<string>): Fields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, value]) => [taken.has(name) ? `${name}_` : name, value]),
  )
}

/** Writes a line that was diverted to where it was meant to go. Streams that choose by level are told of it first. */
export function writeLate(stream: LineStream, line: string, level: number): void {
  if (METADATA in stream)
    Object.assign(stream, { lastLevel: level, lastObj: {}, lastMsg: undefined, lastTime: undefined })
  stream.write(line)
}

function privatePart(logger: Logger, description: string): unknown {
  const symbol = privateSymbol(logger, description)
  return symbol === undefined ? undefined : (logger as unknown as Record<symbol, unknown>)[symbol]
}

function privateSymbol(logger: Logger, description: string): symbol | undefined {
  for (
    let owner: object | null = logger;
    owner !== null;
    owner = Object.getPrototypeOf(owner) as object | null
  ) {
    const symbol = Object.getOwnPropertySymbols(owner).find((each) => each.description === description)
    if (symbol !== undefined) return symbol
  }
  return undefined
}
