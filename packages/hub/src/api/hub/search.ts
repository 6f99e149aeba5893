import { parseSearch } from '../../query/search-language/parse-search.ts'
import { SearchError } from '../../query/search-language/search-error.ts'
import type { Condition } from '../../store/search.ts'
import { parameterError, type Parameters, shown } from '../parameters.ts'

/** Parameters that are fields of the search language with the same name. */
const FIELDS = ['route', 'status', 'level', 'trace'] as const

type SearchParameter = 'q' | 'service' | (typeof FIELDS)[number] | 'minDuration' | 'maxDuration'
const ALL: readonly SearchParameter[] = ['q', 'service', ...FIELDS, 'minDuration', 'maxDuration']

/** The conditions of `q` and of the parameters that are fields, or of some of them. All of them must hold. */
export function conditionOf(parameters: Parameters, names: readonly SearchParameter[] = ALL): Condition {
  const of = names.flatMap((name) => {
    const value = parameters.text(name)
    if (value === undefined) return []
    const condition = conditionFrom(name, value)
    return name === 'q' && condition.kind === 'all' ? condition.of : [condition]
  })
  const [first] = of
  return of.length === 1 && first !== undefined ? first : { kind: 'all', of }
}

function conditionFrom(name: SearchParameter, value: string): Condition {
  if (name === 'q') return parsed(name, value)
  if (name === 'service') return { kind: 'field', field: name, is: '=', value }
  if (name !== 'minDuration' && name !== 'maxDuration')
    return parsed(name, `${name}:${/^[\w.*]+$/.test(value) ? value : quoted(value)}`)
  if (!/^[\d.]+[a-zµ]*$/.test(value))
    throw parameterError(name, `must be a duration such as 250ms, not ${shown(value)}`)
  return parsed(name, `duration${name === 'minDuration' ? '>=' : '<='}${value}`)
}

function parsed(name: string, search: string): Condition {
  try {
    return parseSearch(search)
  } catch (error) {
    if (error instanceof SearchError) throw parameterError(name, `is no search: ${error.message}`)
    throw error
  }
}

function quoted(text: string): string {
  return `"${text.replaceAll(/["\\]/g, '\\$&')}"`
}
