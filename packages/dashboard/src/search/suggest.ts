import { age } from '../format/times.ts'
import { fieldTerm, toldTerm } from './field-term.ts'
import type { Facet, Field } from './fields.ts'
import type { Searched } from './history.ts'

/** What a search box offers. */
export interface Suggestion {
  readonly group: 'Fields' | 'Values' | 'Recent'
  /** As it is shown. */
  readonly shown: string
  /** What stands in the field after it was chosen. */
  readonly text: string
  readonly about: string
  readonly count?: number | undefined
  /** Whether it can be searched for as it is. A field still needs a value. */
  readonly isWhole: boolean
}

const MOST = 7
const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal']

/** The part of a text that is typed at its end: a field, once its operator is there, and the beginning of a name, word or value. */
export interface Typed {
  /** What stands before it. */
  readonly before: string
  readonly not: boolean
  readonly field?: string
  readonly operator?: string
  readonly begun: string
}

/** Reads the end of a text. Quotation marks of a value that is not complete are left out. */
export function typedOf(text: string): Typed {
  const [, before = '', minus = '', field, operator, begun = ''] =
    /^((?:[^"\s]|"(?:[^"\\]|\\.)*(?:"|$)|\s)*?\s|)(-?)(?:([\p{L}_@][\p{L}\p{N}_@./-]*)(>=|<=|[:=<>]))?((?:[^\s"]|"(?:[^"\\]|\\.)*(?:"|$))*)$/su.exec(
      text,
    ) ?? []
  const typed = { before, not: minus !== '', begun: begun.replaceAll(/^"|"$/g, '') }
  return field === undefined || operator === undefined ? typed : { ...typed, field, operator }
}

/**
 * What fits to a text that is typed.
 *
 * @param facets The most frequent values of fields, those of the field that is typed among them
 * @param recent Earlier searches, newest first
 * @param now Milliseconds since 1970
 */
export function suggestionsOf(
  text: string,
  facets: readonly Facet[],
  fields: readonly Field[],
  recent: readonly Searched[],
  now: number,
): Suggestion[] {
  const typed = typedOf(text)
  const { before, not, field, operator = ':', begun } = typed
  const fits = (name: string) => name.toLowerCase().includes(begun.toLowerCase())
  const whole = (group: 'Fields' | 'Values', term: string, about: string, count?: number): Suggestion => {
    const shown = (not ? '-' : '') + term
    return { group, shown, text: before + shown, about, count, isWhole: true }
  }

  if (field !== undefined) {
    const { values } = facets.find((facet) => facet.field === field) ?? { values: [] }
    // The levels are known also before the hub has answered.
    if (field === 'level' && (operator !== ':' || values.length === 0))
      return LEVELS.filter(fits).map((level) => whole('Values', `level${operator}${level}`, 'level'))
    return values
      .filter(({ value }) => fits(value))
      .slice(0, MOST * 2)
      .map(({ value, count }) => whole('Values', toldTerm(field, value), field, count))
  }

  const searches = recent
    .filter(({ q }) => fits(q))
    .slice(0, begun === '' ? 5 : 3)
    .map(({ q, at, hits }): Suggestion => ({
      group: 'Recent',
      shown: q,
      text: q,
      about: `${age(now - at)} ago`,
      count: hits,
      isWhole: true,
    }))
  if (begun === '') return [...facets.slice(0, MOST).flatMap(usual), ...searches]

  const named = fields
    .filter(([name]) => fits(name))
    .toSorted(([a], [b]) => Number(b.startsWith(begun)) - Number(a.startsWith(begun)))
    .slice(0, MOST)
    .map(([name, about]): Suggestion => {
      const shown = `${not ? '-' : ''}${fieldTerm(name, 'x').slice(0, -1)}`
      return { group: 'Fields', shown, text: before + shown, about, isWhole: false }
    })
  const valued = facets
    .flatMap((facet) => facet.values.map((each) => ({ ...each, field: facet.field })))
    .filter(({ value }) => fits(value))
    .toSorted((a, b) => b.count - a.count)
    .slice(0, MOST)
    .map((each) => whole('Values', toldTerm(each.field, each.value), each.field, each.count))
  return [...named, ...valued, ...searches]

  /** The one term of a field that is asked for most. */
  function usual(facet: Facet): Suggestion[] {
    const [first] = facet.values
    if (first === undefined) return []
    if (facet.field === 'level') {
      const grave = facet.values.filter(({ value }) => LEVELS.indexOf(value) >= 3)
      const count = grave.reduce((sum, each) => sum + each.count, 0)
      return [whole('Fields', 'level>=warn', 'level and above', count)]
    }
    const { length } = facet.values
    const about = length === 1 ? '1 value' : `${length} values`
    return [whole('Fields', toldTerm(facet.field, first.value), about, first.count)]
  }
}
