import {
  type InstantResult,
  memorySource,
  PromqlError,
  queryInstant,
  queryRange,
  type ResultSample,
  type SeriesSource,
} from '../src/index.ts'
import { BEGIN, dataset, END } from './data.ts'

const MINUTE = 60_000

/** When instant queries are asked: before the data, at samples, between them, in gaps, and behind the end. */
const TIMES = [-1, 5, 47.2166, 75.5, 90, 129.999, 179.3, 183].map((minutes) =>
  Math.round(BEGIN + minutes * MINUTE),
)

/** Which range queries are asked: the whole of it, a part with an odd step, and one step. */
const RANGES = [
  { start: BEGIN - 7 * MINUTE, end: END + 8 * MINUTE, step: 60_000 },
  { start: BEGIN + 41 * MINUTE + 7, end: BEGIN + 67 * MINUTE, step: 37_123 },
  { start: BEGIN + 90 * MINUTE, end: BEGIN + 90 * MINUTE, step: 15_000 },
]

/** How far two numbers may differ, for the order in which Prometheus sums is not always the same. */
const TOLERANCE = 1e-12

/** What either side says to a question. */
type Answer = { readonly data: InstantResult } | { readonly type: string; readonly message: string }

/** Asks both sides for one expression, in all the ways above, and returns what they do not agree on. */
export class Comparison {
  readonly #url: string
  readonly #source: SeriesSource = memorySource(dataset())

  constructor(url: string) {
    this.#url = url
  }

  async differences(expression: string, onlyClassOfError = false): Promise<string[]> {
    const differences: string[] = []
    for (const time of TIMES) {
      const ours = await answered(queryInstant(this.#source, expression, { time }))
      const theirs = await this.#asked('query', { query: expression, time: time / 1000 })
      const difference = differenceOf(ours, theirs, hasOrder(expression), onlyClassOfError)
      if (difference !== undefined) differences.push(`at ${(time - BEGIN) / MINUTE} min: ${difference}`)
    }
    for (const range of RANGES) {
      const difference = await this.rangeDifference(expression, range, onlyClassOfError)
      if (difference !== undefined) differences.push(`every ${range.step} ms: ${difference}`)
    }
    return differences
  }

  /** Asks both sides for one expression over one range. */
  async rangeDifference(
    expression: string,
    range: { readonly start: number; readonly end: number; readonly step: number },
    onlyClassOfError = false,
  ): Promise<string | undefined> {
    const ours = await answered(queryRange(this.#source, expression, range))
    const theirs = await this.#asked('query_range', {
      query: expression,
      start: range.start / 1000,
      end: range.end / 1000,
      step: range.step / 1000,
    })
    return differenceOf(ours, theirs, true, onlyClassOfError)
  }

  async #asked(path: string, parameters: Record<string, number | string>): Promise<Answer> {
    const body = new URLSearchParams()
    for (const [name, value] of Object.entries(parameters)) body.set(name, String(value))
    const response = await fetch(`${this.#url}/api/v1/${path}`, { method: 'POST', body })
    const answer = (await response.json()) as
      | { status: 'error'; errorType: string; error: string }
      | { status: 'success'; data: InstantResult }
    if (answer.status === 'success') return { data: answer.data }
    return { type: answer.errorType, message: answer.error.replace(/^invalid parameter "query": /, '') }
  }
}

async function answered(result: Promise<InstantResult>): Promise<Answer> {
  try {
    return { data: await result }
  } catch (error) {
    if (!(error instanceof PromqlError)) throw error
    return { type: error.type, message: error.message }
  }
}

/** Instant results of these come in the order of a Go map, which is another one each time. */
function hasOrder(expression: string): boolean {
  return !/histogram_quantile|:[\w]*\]/.test(expression)
}

function differenceOf(
  ours: Answer,
  theirs: Answer,
  isOrdered: boolean,
  onlyClassOfError: boolean,
): string | undefined {
  if ('message' in ours || 'message' in theirs) {
    const texts = [ours, theirs].map((answer) =>
      'message' in answer
        ? `${answer.type}${onlyClassOfError ? '' : `: ${withoutSeries(answer.message)}`}`
        : JSON.stringify(answer.data).slice(0, 300),
    )
    if (texts[0] === texts[1] && 'message' in ours && 'message' in theirs) return undefined
    return `we say ${texts[0]}, Prometheus says ${texts[1]}`
  }
  if (ours.data.resultType !== theirs.data.resultType)
    return `we return a ${ours.data.resultType}, Prometheus a ${theirs.data.resultType}`
  const [mine, other] = [listOf(ours.data), listOf(theirs.data)]
  if (!isOrdered) for (const list of [mine, other]) list.sort((a, b) => (a.key < b.key ? -1 : 1))
  const keys = [mine, other].map((list) => list.map(({ key }) => key).join(' '))
  if (keys[0] !== keys[1]) return `we have the series ${keys[0]}, Prometheus has ${keys[1]}`
  for (const [index, { key, samples }] of mine.entries()) {
    const expected = other[index]?.samples ?? []
    if (samples.length !== expected.length)
      return `${key} has ${samples.length} samples, of Prometheus ${expected.length}`
    for (const [position, [time, value]] of samples.entries()) {
      const [expectedTime, expectedValue] = expected[position] ?? [NaN, '']
      if (time !== expectedTime || !isSame(value, expectedValue))
        return `${key} is ${value} at ${time}, of Prometheus ${expectedValue} at ${expectedTime}`
    }
  }
  return undefined
}

/** Which two of several duplicates an error names depends on the order of a Go map. */
function withoutSeries(message: string): string {
  return message.replace(/match group .*;/s, 'match group;')
}

interface Listed {
  readonly key: string
  readonly samples: readonly ResultSample[]
}

function listOf(data: InstantResult): Listed[] {
  switch (data.resultType) {
    case 'matrix':
      return data.result.map(({ metric, values }) => ({ key: keyOf(metric), samples: values }))
    case 'vector':
      return data.result.map(({ metric, value }) => ({ key: keyOf(metric), samples: [value] }))
    default:
      return [{ key: data.resultType, samples: [data.result] }]
  }
}

function keyOf(metric: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(metric).toSorted(([a], [b]) => (a < b ? -1 : 1)))
}

/** Numbers are compared as numbers; what is none, such as `NaN` and texts, letter by letter. */
function isSame(ours: string, theirs: string): boolean {
  if (ours === theirs) return true
  const [a, b] = [Number(ours), Number(theirs)]
  return (
    Number.isFinite(a) &&
    Number.isFinite(b) &&
    Math.abs(a - b) <= TOLERANCE * Math.max(Math.abs(a), Math.abs(b))
  )
}
