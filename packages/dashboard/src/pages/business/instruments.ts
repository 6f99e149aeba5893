/** Something that the application measures, as `/api/instruments` has it. */
export interface Instrument {
  /** As in PromQL: a counter with `_total`, a histogram without its suffixes. */
  readonly name: string
  readonly type: 'counter' | 'gauge' | 'histogram' | 'summary'
  readonly unit: string
  readonly help: string
  readonly jobs: readonly string[]
  readonly labels: readonly string[]
  readonly business: boolean
  /** What a declared ratio consists of: two selectors of PromQL. */
  readonly ratio: { readonly of: string; readonly to: string } | null
}

/** A ratio that was made on the page. */
export interface SavedRatio {
  readonly name: string
  readonly of: string
  readonly to: string
}

/** What people saved of the board, in `/api/settings/board`. */
export interface SavedBoard {
  /** Names of instruments, in their order. Absent: the board chooses. */
  readonly pins?: readonly string[]
  /** Names of the others, as far as their order was changed. */
  readonly order?: readonly string[]
  readonly ratios?: readonly SavedRatio[]
  /** The route of the first charts: service, method and route. */
  readonly route?: readonly [service: string, method: string, route: string]
}

/** Reads what was saved. What is not of the right shape is passed over: anything can be saved under the name. */
export function savedBoard(value: unknown): SavedBoard {
  if (typeof value !== 'object' || value === null) return {}
  const { pins, order, ratios, route } = value as Partial<Record<keyof SavedBoard, unknown>>
  const isTexts = (list: unknown): list is readonly string[] =>
    Array.isArray(list) && list.every((each) => typeof each === 'string')
  return {
    ...(isTexts(pins) && { pins }),
    ...(isTexts(order) && { order }),
    ...(Array.isArray(ratios) && { ratios: ratios.filter(isRatio) }),
    // Three texts are a route.
    ...(isTexts(route) && route.length === 3 && { route: route as unknown as SavedBoard['route'] & {} }),
  }
}

function isRatio(value: unknown): value is SavedRatio {
  const { name, of, to } = (value ?? {}) as Partial<Record<keyof SavedRatio, unknown>>
  return [name, of, to].every((text) => typeof text === 'string')
}

/** The board in its order. */
export interface Board {
  readonly pinned: readonly Instrument[]
  readonly others: readonly Instrument[]
}

/** Instruments that are pinned while people have pinned none. */
const CHOSEN = 3

/** Arranges what the application measures by what was saved. Instruments that are gone are passed over. */
export function boardOf(instruments: readonly Instrument[], saved: SavedBoard): Board {
  const made = (saved.ratios ?? []).map(instrumentOf)
  const all = [...instruments.filter(({ business }) => business), ...made].toSorted(
    (a, b) => importanceOf(b) - importanceOf(a) || a.name.localeCompare(b.name, 'en'),
  )
  const byName = new Map(all.map((each) => [each.name, each]))
  const named = (names: readonly string[]) => names.flatMap((name) => byName.get(name) ?? [])
  const pinned = saved.pins === undefined ? all.slice(0, CHOSEN) : named(saved.pins)
  const ordered = named(saved.order ?? []).filter((each) => !pinned.includes(each))
  return {
    pinned,
    others: [...ordered, ...all.filter((each) => !pinned.includes(each) && !ordered.includes(each))],
  }
}

/** Moves an instrument to the place of another one, or to the end of a section. */
export function moved(
  { pinned, others }: Board,
  name: string,
  to: { readonly section: 'pinned' | 'others'; readonly before?: string | undefined },
): Required<Pick<SavedBoard, 'pins' | 'order'>> {
  const names = {
    pinned: pinned.map((each) => each.name).filter((each) => each !== name),
    others: others.map((each) => each.name).filter((each) => each !== name),
  }
  const list = names[to.section]
  const at = to.before === undefined ? -1 : list.indexOf(to.before)
  list.splice(at === -1 ? list.length : at, 0, name)
  return { pins: names.pinned, order: names.others }
}

/** A ratio that was made on the page, as an instrument. */
function instrumentOf({ name, of, to }: SavedRatio): Instrument {
  return { name, type: 'gauge', unit: '1', help: '', jobs: [], labels: [], business: true, ratio: { of, to } }
}

/** What a business looks at first: ratios, money, what has outcomes, other counters, distributions, levels. */
function importanceOf({ name, type, unit, labels, ratio }: Instrument): number {
  if (ratio !== null) return 6
  const isMoney = /eur|usd|gbp|dollar|revenue|sales/i.test(name + unit)
  if (type === 'counter') return isMoney && !/refund|cost|fee/i.test(name) ? 5 : splitOf(labels) ? 4 : 3
  return type === 'gauge' ? 1 : 2
}

/** Labels that say what became of a thing. Their values are lines of one chart. */
const OUTCOMES = ['outcome', 'status', 'result', 'state', 'type', 'kind', 'reason']
/** Labels of processes, not of what is measured. */
const TECHNICAL = new Set([
  'job',
  'instance',
  'le',
  'quantile',
  'worker',
  'otel_scope_name',
  'otel_scope_version',
])

/** The label whose values are lines of their own, or rows of a table. */
export function splitOf(labels: readonly string[]): string | undefined {
  return OUTCOMES.find((label) => labels.includes(label)) ?? labels.find((label) => !TECHNICAL.has(label))
}
