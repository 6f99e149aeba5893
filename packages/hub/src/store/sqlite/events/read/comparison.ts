import type { StoredValue } from '../../../events.ts'
import type { SpanComparison, SpanComparisonSearch } from '../../../search.ts'
import { hexAt } from '../blocks/ids.ts'
import { valueOf } from '../blocks/shared-block.ts'
import type { SpanBlock } from '../blocks/span-block.ts'
import { columnOf } from '../search/known-fields.ts'
import { createMask } from '../search/mask.ts'
import { spanView, type View } from '../search/view.ts'
import { textOfValue } from '../words/block-words.ts'
import { eachBlock } from './each-block.ts'
import type { SegmentPool } from './segment-pool.ts'
import { createRangeTest } from './span-range.ts'

/** Different values of a key that are told from each other. A key with more is one of ids. */
const MOST_VALUES = 2_000
const MOST_KEYS = 500
/** Values of a key in the result. */
const VALUES = 20
/** Longest text of a value. */
const LONGEST = 200
/** Traces of each side. */
const SAMPLES = 100

/** Counts values of attributes among the spans that are inside, and among the others. */
export function comparisonOf(pool: SegmentPool, search: SpanComparisonSearch): SpanComparison {
  const mask = createMask(search.where)
  const insideMask = createMask(search.inside.where)
  const isInRange = createRangeTest(search)
  const isInsideRange = createRangeTest(search.inside)
  const counts = new Counts()
  const complete = eachBlock(
    pool,
    'span',
    { ...search, deadline: performance.now() + search.timeMs },
    (segment, row) => {
      const block = segment.spans(row)
      const view = spanView(block)
      const bits = mask(view)
      const insideBits = insideMask(view)
      /** 0: not of the search, 1: outside, 2: inside. */
      const sides = bits.map((bit, at) => {
        if (bit === 0 || !isInRange(block, at)) return 0
        return insideBits[at] === 1 && isInsideRange(block, at) ? 2 : 1
      })
      counts.add(block, view, sides)
    },
  )
  return { ...counts.result(), complete }
}

interface Tally {
  inside: number
  outside: number
}

class Counts {
  readonly #keys = new Map<string, Map<string, Tally>>()
  readonly #samples = { inside: new Set<string>(), outside: new Set<string>() }
  #inside = 0
  #outside = 0

  /** Adds the rows of a block. Each distinct value of the block is looked at once. */
  add(block: SpanBlock, view: View, sides: Uint8Array): void {
    const { strings, attributes, lists } = view
    const own = [new Uint32Array(attributes.size), new Uint32Array(attributes.size)] as const
    const ofResources = new Map<number, Tally>()
    for (const [row, side] of sides.entries()) {
      if (side === 0) continue
      const isInside = side === 2
      if (isInside) this.#inside++
      else this.#outside++
      this.#sample(block, row, isInside)
      const numbers = own[isInside ? 0 : 1]
      for (let i = lists.offsets[row] ?? 0; i < (lists.offsets[row + 1] ?? 0); i++) {
        const number = lists.numbers[i] ?? 0
        numbers[number] = (numbers[number] ?? 0) + 1
      }
      const resource = view.resource[row] ?? 0
      const tally = ofResources.get(resource) ?? { inside: 0, outside: 0 }
      ofResources.set(resource, tally)
      tally[isInside ? 'inside' : 'outside']++
    }
    for (let number = 0; number < attributes.size; number++) {
      const tally = { inside: own[0][number] ?? 0, outside: own[1][number] ?? 0 }
      if (tally.inside + tally.outside === 0) continue
      const value = valueOf(strings, attributes.types[number] ?? 0, attributes.numbers[number] ?? 0)
      this.#count(strings.at(attributes.keys[number] ?? 0), value, tally)
    }
    for (const [resource, tally] of ofResources)
      for (const [key, value] of Object.entries(view.resourceOf(resource).attributes))
        this.#count(key, value, tally)
    this.#countColumn('span.name', 'name', view, sides)
    this.#countColumn('span.kind', 'kind', view, sides)
  }

  #countColumn(key: string, field: string, view: View, sides: Uint8Array): void {
    const column = columnOf(view, field)
    for (const [row, side] of sides.entries()) {
      const code = side === 0 ? -1 : column.code(row)
      if (code >= 0)
        this.#count(key, column.value(code), { inside: side === 2 ? 1 : 0, outside: side === 1 ? 1 : 0 })
    }
  }

  #count(key: string, value: StoredValue, tally: Tally): void {
    let values = this.#keys.get(key)
    if (values === undefined) {
      if (this.#keys.size >= MOST_KEYS) return
      this.#keys.set(key, (values = new Map()))
    }
    const text = textOfValue(value).slice(0, LONGEST)
    const known = values.get(text)
    if (known !== undefined) {
      known.inside += tally.inside
      known.outside += tally.outside
    } else if (values.size <= MOST_VALUES) values.set(text, { ...tally })
  }

  #sample(block: SpanBlock, row: number, isInside: boolean): void {
    const samples = this.#samples[isInside ? 'inside' : 'outside']
    if (samples.size >= SAMPLES) return
    const { trace, traces } = block.ids()
    samples.add(hexAt(traces, (trace[row] ?? 0) * 16, 16))
  }

  result(): Omit<SpanComparison, 'complete'> {
    const attributes = [...this.#keys]
      .filter(([, values]) => !areIds(values))
      .map(([key, values]) => ({
        key,
        values: [...values]
          .map(([value, tally]) => ({ value, ...tally }))
          .toSorted((a, b) => b.inside + b.outside - a.inside - a.outside || (a.value < b.value ? -1 : 1))
          .slice(0, VALUES),
      }))
      .toSorted((a, b) => (a.key < b.key ? -1 : 1))
    return {
      inside: this.#inside,
      outside: this.#outside,
      attributes,
      samples: { inside: [...this.#samples.inside], outside: [...this.#samples.outside] },
    }
  }
}

/** Whether the values of a key are too many, or nearly all different. */
function areIds(values: ReadonlyMap<string, Tally>): boolean {
  if (values.size > MOST_VALUES) return true
  let spans = 0
  for (const { inside, outside } of values.values()) spans += inside + outside
  return values.size > 10 && values.size > spans / 2
}
