import type { Condition } from '../../store/search.ts'
import { fieldCondition } from './field-terms.ts'
import { SearchError } from './search-error.ts'
import { type Token, tokensOf } from './tokens.ts'

type FieldCondition = Extract<Condition, { kind: 'field' }>

/** Prints a condition in the search language, for links: `parseSearch` reads the same condition from it. */
export function printSearch(condition: Condition): string {
  return printed(condition, 'top')
}

function printed(condition: Condition, inside: 'all' | 'any' | 'not' | 'top'): string {
  switch (condition.kind) {
    case 'all': {
      if (condition.of.length === 0) return inside === 'top' ? '' : '*'
      const text = condition.of.map((each) => printed(each, 'all')).join(' ')
      return inside === 'not' ? `(${text})` : text
    }
    case 'any': {
      const text = condition.of.map((each) => printed(each, 'any')).join(' OR ')
      return inside === 'all' || inside === 'not' ? `(${text})` : text
    }
    case 'not':
      return `-${printed(condition.of, 'not')}`
    case 'text': {
      const { text, phrase } = condition
      const token = phrase ? undefined : onlyToken(text)
      return token?.kind === 'text' && !token.quoted && !text.endsWith('*') ? text : quoted(text)
    }
    case 'field':
      return printedField(condition)
  }
}

function printedField(condition: FieldCondition): string {
  const { field, is, value } = condition
  const name = onlyToken(`${field}:x`)
  const key = name?.kind === 'field' && name.field === field ? field : quoted(field)
  switch (is) {
    case '=':
      return reads(`${key}:${value}`, condition) ? `${key}:${value}` : `${key}:${quoted(value)}`
    case 'prefix':
      return reads(`${key}:${value}*`, condition) ? `${key}:${value}*` : `${key}:${quoted(value)}*`
    case 'exists':
      return `${key}:*`
    case '<':
    case '<=':
    case '>':
    case '>=':
      return `${key}${is}${value}${field === 'duration' ? 'ms' : ''}`
  }
}

/** Tells whether a text is a field term that means the condition. */
function reads(text: string, { field, is, value }: FieldCondition): boolean {
  const token = onlyToken(text)
  if (token?.kind !== 'field') return false
  try {
    const read = fieldCondition(token)
    return read.kind === 'field' && read.field === field && read.is === is && read.value === value
  } catch (error) {
    if (error instanceof SearchError) return false
    throw error
  }
}

/** The token of a text that is nothing but that token. */
function onlyToken(text: string): Token | undefined {
  try {
    const [token, ...others] = tokensOf(text)
    return others.length === 0 ? token : undefined
  } catch (error) {
    if (error instanceof SearchError) return undefined
    throw error
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
