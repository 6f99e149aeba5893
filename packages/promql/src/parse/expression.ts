import type { Matcher } from '../labels/matcher.ts'

/** What an expression evaluates to: one number a step, series with one value a step, series with samples, a text. */
export type ValueType = 'matrix' | 'scalar' | 'string' | 'vector'

/** Where a part of a query stands, as offsets into its text. */
interface Located {
  readonly from: number
  readonly to: number
}

/** A time that `@` fixes: milliseconds, or the query's start or end. */
export type At = number | 'end' | 'start'

/** What `offset` and `@` say of a selector. */
interface Shifted {
  /** Milliseconds into the past; negative ones into the future; 0 where there is no offset. */
  readonly offset: number
  readonly at?: At
}

interface NumberLiteral extends Located {
  readonly kind: 'number'
  readonly value: number
}

interface StringLiteral extends Located {
  readonly kind: 'string'
  readonly value: string
}

export interface VectorSelector extends Located, Shifted {
  readonly kind: 'vector'
  /** The name before the braces, if there is one. `matchers` then ends with it. */
  readonly name: string
  readonly matchers: readonly Matcher[]
}

export interface MatrixSelector extends Located {
  readonly kind: 'matrix'
  readonly selector: VectorSelector
  /** Milliseconds. */
  readonly range: number
}

export interface Subquery extends Located, Shifted {
  readonly kind: 'subquery'
  readonly expression: Expression
  /** Milliseconds. */
  readonly range: number
  /** Milliseconds; 0 where the query leaves it to the default. */
  readonly step: number
}

interface Paren extends Located {
  readonly kind: 'paren'
  readonly expression: Expression
}

export interface Unary extends Located {
  readonly kind: 'unary'
  readonly operator: '+' | '-'
  readonly expression: Expression
}

export type Arithmetic = '%' | '*' | '+' | '-' | '/' | '^' | 'atan2'
export type Comparison = '!=' | '<' | '<=' | '==' | '>' | '>='
type SetOperator = 'and' | 'or' | 'unless'
export type BinaryOperator = Arithmetic | Comparison | SetOperator

/** Which series of both sides belong together. */
export interface Matching {
  /** `on(…)`: only these labels count; otherwise all but these. */
  readonly on: boolean
  readonly labels: readonly string[]
  /** `group_left`: many series of the left side for one of the right side; `group_right`: the other way round. */
  readonly group?: 'left' | 'right'
  /** Labels that the result takes over from the side of the one. */
  readonly include: readonly string[]
}

export interface Binary extends Located {
  readonly kind: 'binary'
  readonly operator: BinaryOperator
  /** Where the operator stands. */
  readonly operatorFrom: number
  readonly left: Expression
  readonly right: Expression
  /** `bool`: 0 or 1 instead of a filter. */
  readonly bool: boolean
  readonly matching: Matching
}

export interface Call extends Located {
  readonly kind: 'call'
  readonly name: string
  readonly args: readonly Expression[]
}

export const AGGREGATIONS = [
  'avg',
  'bottomk',
  'count',
  'count_values',
  'group',
  'max',
  'min',
  'quantile',
  'stddev',
  'stdvar',
  'sum',
  'topk',
] as const
export type AggregationOperator = (typeof AGGREGATIONS)[number]

export interface Aggregation extends Located {
  readonly kind: 'aggregation'
  readonly operator: AggregationOperator
  readonly expression: Expression
  readonly parameter?: Expression
  readonly labels: readonly string[]
  readonly without: boolean
}

/** A part that has the same value at all steps, so that one evaluation is enough. Made when a query is planned. */
interface Invariant extends Located {
  readonly kind: 'invariant'
  readonly expression: Expression
}

/** A parsed query. */
export type Expression =
  | Aggregation
  | Binary
  | Call
  | Invariant
  | MatrixSelector
  | NumberLiteral
  | Paren
  | StringLiteral
  | Subquery
  | Unary
  | VectorSelector
