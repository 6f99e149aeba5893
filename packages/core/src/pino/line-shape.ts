/** What a pino logger was told about the shape of its lines. */
import type { Logger } from 'pino'

import { privatePart } from './pino-parts.ts'

/** The names that a logger gives to what it writes itself. */
export interface LineShape {
  readonly messageKey: string
  readonly errorKey: string
  /** Whether the fields of a call stand together below a name of their own. */
  readonly isNested: boolean
  /** The names of what it writes beside bindings, fields and message: level and time, as a rule. */
  readonly ownNames: readonly string[]
}

// By what pino makes once for each logger that is no child.
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

/** The head of a line is what formatters and functions of the application have made of level and time. */
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

/** The order of a logger's levels, which an application may have turned round. */
export interface LevelOrder {
  /** Whether a line of a level is written where another one is the threshold. Both are the logger's own numbers. */
  writes(level: number, threshold: number): boolean
  /** The logger's own number for a level. */
  valueOf(level: string): number
  /** The level with which everything is written. */
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
