/** The settings of a pino logger for the shape of its lines. */
import type { Logger } from 'pino'

import { privatePart } from './pino-parts.ts'

/** The field names of a logger. */
export interface LineShape {
  readonly messageKey: string
  readonly errorKey: string
  /** Whether the fields of a call are nested below one name. */
  readonly isNested: boolean
  /** The names besides bindings, fields and message: usually level and time. */
  readonly ownNames: readonly string[]
}

// Keyed by an object that pino creates once per root logger.
const shapes = new WeakMap<object, LineShape>()

/** The shape of a logger's lines. */
export function shapeOf(logger: Logger): LineShape {
  const heads = privatePart(logger, 'lsCache') as object
  const known = shapes.get(heads)
  if (known) return known
  const shape: LineShape = {
    messageKey: textPart(logger, 'messageKey') ?? 'msg',
    errorKey: textPart(logger, 'errorKey') ?? 'err',
    isNested: textPart(logger, 'nestedKey') !== undefined,
    ownNames: ownNames(logger, heads),
  }
  shapes.set(heads, shape)
  return shape
}

function textPart(logger: Logger, name: 'errorKey' | 'messageKey' | 'nestedKey'): string | undefined {
  const part = privatePart(logger, name)
  return typeof part === 'string' && part !== '' ? part : undefined
}

/** The head of a line is the output of the application's formatters and functions for level and time. */
function ownNames(logger: Logger, heads: object): readonly string[] {
  const time = privatePart(logger, 'time')
  try {
    const [head = '{'] = Object.values(heads) as string[]
    const after = typeof time === 'function' ? String(time()) : ''
    return Object.keys(JSON.parse(`${head}${head === '{' ? after.replace(/^,/, '') : after}}`) as object)
  } catch {
    return ['level', 'time']
  }
}

/** The order of a logger's levels. An application may have reversed it. */
export interface LevelOrder {
  /** Whether a line of this level is written at this threshold. Both are the logger's own numbers. */
  writes(level: number, threshold: number): boolean
  /** The logger's own number for a level. */
  valueOf(level: string): number
  /** The level at which all lines are written. */
  readonly lowest: string
}

/** The order of a logger's levels. */
export function orderOf(logger: Logger): LevelOrder {
  const comparison = privatePart(logger, 'levelComp')
  const compare =
    typeof comparison === 'function'
      ? (comparison as (level: number, threshold: number) => boolean)
      : (level: number, threshold: number) => level >= threshold
  const { values } = logger.levels
  const numbers = Object.values(values)
  const isLowest = (name: string) => numbers.every((each) => compare(each, values[name] ?? 0))
  const names = Object.keys(values)
  return {
    writes: (level, threshold) => threshold !== Number.POSITIVE_INFINITY && compare(level, threshold),
    valueOf: (level) => values[level] ?? Number.POSITIVE_INFINITY,
    lowest: names.find(isLowest) ?? names[0] ?? 'trace',
  }
}
