import type { Comparison, Condition } from '../../../search.ts'
import type { Signal } from '../schema.ts'
import { hashOfTrace } from '../words/word-hash.ts'
import { type WordQuery, wordQuery } from '../words/word-query.ts'
import { wordsOf } from '../words/words.ts'
import { severities } from './comparison.ts'
import { isAttribute } from './known-fields.ts'
import { textMatchOf } from './mask.ts'

/** What all blocks with a matching row have. Rows of such blocks are tested afterwards. */
export interface Narrowing {
  /** A query of the index of words. */
  readonly words: WordQuery | undefined
  /** The least `top` of a block: milliseconds for spans, a severity for log records. */
  readonly top: number
}

export function narrow(condition: Condition, signal: Signal): Narrowing {
  return { words: wordsOfCondition(condition), top: leastTop(condition, signal) }
}

/** `undefined` where the index cannot tell. */
function wordsOfCondition(condition: Condition): WordQuery | undefined {
  switch (condition.kind) {
    case 'all': {
      const parts = condition.of.map(wordsOfCondition).filter((part) => part !== undefined)
      return parts.length > 0 ? { kind: 'all', of: parts } : undefined
    }
    case 'any': {
      const parts = condition.of.map(wordsOfCondition).filter((part) => part !== undefined)
      return parts.length === condition.of.length && parts.length > 0 ? { kind: 'any', of: parts } : undefined
    }
    case 'not':
      return undefined
    case 'text':
      return textMatchOf(condition.text, condition.phrase).query
    case 'field':
      return fieldQuery(condition.field, condition.is, condition.value)
  }
}

function fieldQuery(field: string, is: Comparison, value: string): WordQuery | undefined {
  if (field === 'trace' && is === '=' && /^[\da-f]{32}$/i.test(value))
    return { kind: 'word', hash: hashOfTrace(Buffer.from(value, 'hex'), 0) }
  if (is !== '=' && is !== 'prefix') return undefined
  // The index has no words of fractions.
  const mayBeFraction = value !== '' && !/^-?\d+$/.test(value) && !Number.isNaN(Number(value))
  const hasWords = isAttribute(field) || field === 'name' || field === 'message'
  if (!hasWords || (mayBeFraction && is === '=')) return undefined
  if (is === '=') return wordQuery(wordsOf(value), false)
  // `1.5*` may be the beginning of a fraction, and a value may end within a word.
  return /^[-\d.]/.test(value) ? undefined : wordQuery(wordsOf(value), true)
}

function leastTop(condition: Condition, signal: Signal): number {
  if (condition.kind === 'all') return Math.max(0, ...condition.of.map((part) => leastTop(part, signal)))
  if (condition.kind !== 'field') return 0
  const { field, is, value } = condition
  if (signal === 'log' && field === 'level') return severities(is, value)?.least ?? 0
  if (signal === 'span' && field === 'duration' && (is === '>' || is === '>=' || is === '=')) {
    const ms = Number(value)
    return Number.isNaN(ms) ? 0 : ms
  }
  return 0
}
