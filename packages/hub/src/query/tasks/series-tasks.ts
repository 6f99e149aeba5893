import {
  type Expression,
  type Matcher,
  parse,
  parseSelector,
  PromqlError,
  type Selection,
} from '@sightline/promql'

import type { Labels, MetricMetadata } from '../../store/samples.ts'
import { QueryError } from '../query-error.ts'
import { checkLength } from './promql-tasks.ts'
import type { TaskContext } from './task.ts'

/** Selectors of series, such as `up{job="shop"}`, and a range of time in milliseconds since 1970. */
export interface SelectorsTask {
  readonly match: readonly string[]
  readonly start: number
  readonly end: number
}

/** Exemplars of the series that a PromQL query reads. */
export interface ExemplarsTask {
  readonly query: string
  /** Milliseconds since 1970. */
  readonly start: number
  /** Milliseconds since 1970. */
  readonly end: number
}

/** Exemplars of a series, in the shape of Prometheus' HTTP API. */
export interface SeriesExemplars {
  readonly seriesLabels: Labels
  readonly exemplars: readonly {
    readonly labels: Labels
    readonly value: string
    /** Seconds since 1970. */
    readonly timestamp: number
  }[]
}

/** Label sets of the selected series, ordered. */
export async function series(context: TaskContext, task: SelectorsTask): Promise<readonly Labels[]> {
  const found = await context.reader.series(selectionsOf(context, task))
  return found
    .map((set) => ({ key: keyOf(set), set }))
    .toSorted((a, b) => compare(a.key, b.key))
    .map(({ set }) => set)
}

/** Names of labels, ordered. Without selectors, of all series of the time range. */
export async function labels(context: TaskContext, task: SelectorsTask): Promise<readonly string[]> {
  return (await context.reader.labelNames(selectionsOf(context, task))).toSorted(compare)
}

/** Values of a label, ordered. Without selectors, of all series of the time range. */
export async function labelValues(
  context: TaskContext,
  task: SelectorsTask & { readonly name: string },
): Promise<readonly string[]> {
  return (await context.reader.labelValues(task.name, selectionsOf(context, task))).toSorted(compare)
}

/** What is known of the metrics, by name. */
export function metadata(
  { reader }: TaskContext,
  { metric }: { readonly metric?: string | undefined },
): Promise<ReadonlyMap<string, MetricMetadata>> {
  return reader.metadata(metric)
}

/** Exemplars of the series that the selectors of a query match. */
export async function exemplars(
  context: TaskContext,
  { query, start, end }: ExemplarsTask,
): Promise<readonly SeriesExemplars[]> {
  checkLength(query)
  const { signal } = context
  const selections = selectorsOf(parse(query)).map((matchers) => ({ matchers, start, end, signal }))
  if (selections.length === 0) return []
  const found = await context.reader.exemplars(selections)
  return found.map(({ labels: seriesLabels, exemplars: list }) => ({
    seriesLabels,
    exemplars: list.map(({ labels: own, value, time }) => ({
      labels: own,
      value: sampleText(value),
      timestamp: time / 1000,
    })),
  }))
}

function selectionsOf({ signal }: TaskContext, { match, start, end }: SelectorsTask): Selection[] {
  checkLength(match.join(''))
  return match.map((selector) => ({ matchers: matchersOf(selector), start, end, signal }))
}

/** Prometheus has a sentence of its own for selectors that match everything. */
function matchersOf(selector: string): readonly Matcher[] {
  try {
    return parseSelector(selector)
  } catch (error) {
    if (error instanceof PromqlError && error.message.endsWith('must contain at least one non-empty matcher'))
      throw new QueryError('bad_data', 'match[] must contain at least one non-empty matcher')
    throw error
  }
}

/** The matchers of all selectors in an expression. */
function selectorsOf(expression: Expression): readonly (readonly Matcher[])[] {
  switch (expression.kind) {
    case 'number':
    case 'string':
      return []
    case 'vector':
      return [expression.matchers]
    case 'matrix':
      return [expression.selector.matchers]
    case 'binary':
      return [...selectorsOf(expression.left), ...selectorsOf(expression.right)]
    case 'call':
      return expression.args.flatMap(selectorsOf)
    case 'aggregation':
      return [expression.expression, ...(expression.parameter ? [expression.parameter] : [])].flatMap(
        selectorsOf,
      )
    case 'invariant':
    case 'paren':
    case 'subquery':
    case 'unary':
      return selectorsOf(expression.expression)
  }
}

function sampleText(value: number): string {
  if (value === Infinity) return '+Inf'
  if (value === -Infinity) return '-Inf'
  // Go writes an exponent with at least two digits.
  return String(value).replace(/e([+-])(\d)$/, 'e$10$2')
}

/** Labels as a text that orders sets as Prometheus does: by the first different name or value. */
function keyOf(set: Labels): string {
  return Object.entries(set)
    .toSorted(([a], [b]) => compare(a, b))
    .flat()
    .join('\u0000')
}

function compare(a: string, b: string): number {
  if (a === b) return 0
  return a < b ? -1 : 1
}
