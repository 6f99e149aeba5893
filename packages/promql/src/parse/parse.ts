import { METRIC_NAME } from '../labels/label-set.ts'
import { Matcher, type MatchOperator } from '../labels/matcher.ts'
import { checkTypes } from './check-types.ts'
import {
  type Aggregation,
  type AggregationOperator,
  AGGREGATIONS,
  type Call,
  type Expression,
  type VectorSelector,
} from './expression.ts'
import { numberValue, stringValue } from './literals.ts'
import { parseError } from './parse-error.ts'
import { argumentNodes, labelNames } from './pieces.ts'
import { assembled } from './precedence.ts'
import { childOf, childrenOf, parseTree, textOf, type TreeNode } from './tree.ts'

/**
 * Parses a query and checks its types. Throws a `PromqlError` of type `bad_data`, with line and column, where Prometheus
 * 2.42 refuses the query.
 */
export function parse(query: string): Expression {
  const expression = assembled(query, parseTree(query), 0, (node, from, depth) =>
    primary(query, node, from, depth),
  )
  checkTypes(query, expression)
  return expression
}

/**
 * Parses a series selector such as `up{job="api"}`, as `match[]` of Prometheus' HTTP API has it. Throws a `PromqlError` of
 * type `bad_data` for anything else.
 */
export function parseSelector(selector: string): readonly Matcher[] {
  const expression = parse(selector)
  if (expression.kind !== 'vector' || expression.offset !== 0 || expression.at !== undefined)
    throw parseError(selector, 0, 'expected a series selector and nothing else')
  return expression.matchers
}

function primary(query: string, node: TreeNode, from: number, depth: number): Expression {
  const { to } = node
  const nested = (child: TreeNode) =>
    assembled(query, child, depth + 1, (inner, start, deeper) => primary(query, inner, start, deeper))
  switch (node.name) {
    case 'NumberLiteral':
      return { kind: 'number', value: literal(query, from, query.slice(from, to), numberValue), from, to }
    case 'StringLiteral':
      return { kind: 'string', value: literal(query, from, textOf(query, node), stringValue), from, to }
    case 'ParenExpr':
      return { kind: 'paren', expression: nested(childrenOf(node)[0] ?? node), from, to }
    case 'VectorSelector':
      return selectorOf(query, node)
    case 'FunctionCall':
      return callOf(query, node, nested)
    case 'AggregateExpr':
      return aggregationOf(query, node, nested)
    default:
      throw parseError(query, from, `unexpected ${node.name}`)
  }
}

/** The value of a literal; what is wrong with it becomes an error of the query. */
function literal<Value>(query: string, from: number, text: string, valueOf: (text: string) => Value): Value {
  try {
    return valueOf(text)
  } catch (error) {
    throw parseError(query, from, messageOf(error))
  }
}

function callOf(query: string, node: TreeNode, nested: (child: TreeNode) => Expression): Call {
  const args = argumentNodes(query, node).map(nested)
  const name = textOf(query, childOf(query, node, 'FunctionIdentifier'))
  return { kind: 'call', name, args, from: node.from, to: node.to }
}

const WITH_PARAMETER: ReadonlySet<string> = new Set(['bottomk', 'count_values', 'quantile', 'topk'])

function aggregationOf(query: string, node: TreeNode, nested: (child: TreeNode) => Expression): Aggregation {
  const { from, to } = node
  const name = textOf(query, childOf(query, node, 'AggregateOp')).toLowerCase()
  const operator = AGGREGATIONS.find((known): known is AggregationOperator => known === name)
  if (operator === undefined) throw parseError(query, from, `unexpected <aggr:${name}>`)
  const modifier = node.getChild('AggregateModifier')
  const labels = modifier === null ? [] : labelNames(query, childOf(query, modifier, 'GroupingLabels'))
  const args = argumentNodes(query, node).map(nested)
  const expected = WITH_PARAMETER.has(operator) ? 2 : 1
  const expression = args[expected - 1]
  if (args.length === 0) throw parseError(query, from, 'no arguments for aggregate expression provided')
  if (args.length !== expected || expression === undefined)
    throw parseError(
      query,
      from,
      `wrong number of arguments for aggregate expression provided, expected ${expected}, got ${args.length}`,
    )
  const parameter = expected === 2 ? args[0] : undefined
  return {
    kind: 'aggregation',
    operator,
    expression,
    ...(parameter !== undefined && { parameter }),
    labels,
    without: modifier?.getChild('Without') != null,
    from,
    to,
  }
}

function selectorOf(query: string, node: TreeNode): VectorSelector {
  const { from, to } = node
  const identifier = node.getChild('Identifier')
  const name = identifier === null ? '' : textOf(query, identifier)
  // A word of the language that Prometheus does not take for a metric, unlike the others that can be one.
  if (name.toLowerCase() === 'atan2') throw parseError(query, from, `unexpected <op:${name}>`)
  const braces = node.getChild('LabelMatchers')
  const matchers = braces === null ? [] : braces.getChildren('LabelMatcher').map(matcherOf)
  if (name !== '') matchers.push(new Matcher(METRIC_NAME, '=', name))
  return { kind: 'vector', name, matchers, offset: 0, from, to }

  function matcherOf(matcher: TreeNode): Matcher {
    const label = textOf(query, childOf(query, matcher, 'LabelName'))
    // The grammar's operators are those of the type.
    const operator = textOf(query, childOf(query, matcher, 'MatchOp')) as MatchOperator
    const text = childOf(query, matcher, 'StringLiteral')
    const value = literal(query, text.from, textOf(query, text), stringValue)
    return literal(query, matcher.from, value, (checked) => new Matcher(label, operator, checked))
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
