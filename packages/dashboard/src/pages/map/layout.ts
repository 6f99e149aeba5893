/** A call from one service to another, as `/api/dependencies` has it. `p95` in seconds. */
export interface Call {
  readonly client: string
  readonly server: string
  readonly rate: number
  readonly errors: number
  readonly p95: number | null
}

/** Where a service stands: its column, and its place in it from the top, in rows that may be fractions. */
interface Place {
  readonly name: string
  readonly column: number
  readonly row: number
}

/** A drawing of calls: callers stand left of what they call, as far as there are no cycles. */
export interface Layout {
  /** Column by column, each from the top. */
  readonly places: readonly Place[]
  /** Where calls to a service go through the columns before it, by {@link wayOf}. Calls to the same service share their way. */
  readonly ways: ReadonlyMap<string, number>
  readonly columns: number
  /** Rows of the fullest column. */
  readonly rows: number
}

/** How often the order within columns and the heights are improved. */
const SWEEPS = 6

/** Lays out services in layers by the direction of their calls. The same calls always give the same drawing. */
export function layoutOf(names: readonly string[], calls: readonly Call[]): Layout {
  const all = [...new Set([...names, ...calls.flatMap(({ client, server }) => [client, server])])].toSorted()
  const targets = neighbours(calls, (call) => [call.client, call.server])
  const sources = neighbours(calls, (call) => [call.server, call.client])
  const column = columnsOf(all, targets, sources)
  const columns: string[][] = []
  for (const name of all) (columns[column.get(name) ?? 0] ??= []).push(name)
  const steps = stepsOf(calls, column)
  for (const { to, at } of steps) if (isWay(to) && !columns[at]?.includes(to)) columns[at]?.push(to)
  const after = neighbours(steps, ({ from, to }) => [from, to])
  const before = neighbours(steps, ({ from, to }) => [to, from])

  const row = new Map<string, number>()
  for (const each of columns) for (const [at, name] of each.entries()) row.set(name, at)
  const middle = (name: string, among: ReadonlyMap<string, ReadonlySet<string>>): number => {
    const rows = Array.from(among.get(name) ?? [], (other) => row.get(other) ?? 0)
    return rows.length === 0 ? (row.get(name) ?? 0) : rows.reduce((sum, each) => sum + each, 0) / rows.length
  }
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    // From the callers to the right, then from the called to the left.
    const [order, among] = sweep % 2 === 0 ? [columns, before] : [columns.toReversed(), after]
    for (const each of order) {
      const wished = new Map(each.map((name) => [name, middle(name, among)]))
      each.sort((a, b) => (wished.get(a) ?? 0) - (wished.get(b) ?? 0))
      for (const [name, at] of spread(each, wished)) row.set(name, at)
    }
  }

  const top = Math.min(0, ...row.values())
  const places = columns.flatMap((each, at) =>
    each
      .filter((name) => !isWay(name))
      .map((name) => ({ name, column: at, row: (row.get(name) ?? 0) - top })),
  )
  return {
    places,
    ways: new Map([...row].filter(([name]) => isWay(name)).map(([name, at]) => [name, at - top])),
    columns: columns.length,
    rows: Math.max(0, ...row.values()) - top + 1,
  }
}

/** The name of the place at which calls to a service go through a column. Names of services have no line breaks. */
export const wayOf = (server: string, column: number) => `${server}\n${column}`

const isWay = (name: string) => name.includes('\n')

interface Step {
  readonly from: string
  readonly to: string
  /** The column in which it ends. */
  readonly at: number
}

/** Calls as steps from one column to the next. */
function stepsOf(calls: readonly Call[], column: ReadonlyMap<string, number>): Step[] {
  return calls.flatMap(({ client, server }) => {
    const [first, last] = [column.get(client) ?? 0, column.get(server) ?? 0]
    return Array.from({ length: Math.max(0, last - first) }, (_, step): Step => {
      const at = first + step + 1
      return {
        from: step === 0 ? client : wayOf(server, at - 1),
        to: at === last ? server : wayOf(server, at),
        at,
      }
    })
  })
}

/** The services that call a service or are called by it, also through others, and itself. */
export function reach(name: string, calls: readonly Call[]): ReadonlySet<string> {
  const found = new Set([name])
  const follow = (among: ReadonlyMap<string, ReadonlySet<string>>) => {
    const open = [name]
    const seen = new Set(open)
    for (let next = open.pop(); next !== undefined; next = open.pop())
      for (const other of among.get(next) ?? []) {
        found.add(other)
        if (!seen.has(other)) open.push(other)
        seen.add(other)
      }
  }
  follow(neighbours(calls, (call) => [call.client, call.server]))
  follow(neighbours(calls, (call) => [call.server, call.client]))
  return found
}

type Neighbours = ReadonlyMap<string, ReadonlySet<string>>

function neighbours<T>(all: readonly T[], ends: (each: T) => [string, string]): Neighbours {
  const found = new Map<string, Set<string>>()
  for (const each of all) {
    const [from, to] = ends(each)
    if (from !== to) found.set(from, (found.get(from) ?? new Set()).add(to))
  }
  return found
}

/** The longest way from a service that no other one calls. Calls that close a cycle do not count. */
function columnsOf(all: readonly string[], targets: Neighbours, sources: Neighbours): Map<string, number> {
  const order: string[] = []
  const state = new Map<string, 'open' | 'done'>()
  const backwards = new Set<string>()
  /** Visits without recursion: a chain of calls may be long. */
  function visit(root: string): void {
    const path: Array<{ name: string; rest: string[] }> = []
    const enter = (name: string) => {
      state.set(name, 'open')
      path.push({ name, rest: [...(targets.get(name) ?? [])].toSorted() })
    }
    enter(root)
    for (let last = path.at(-1); last !== undefined; last = path.at(-1)) {
      const next = last.rest.pop()
      if (next === undefined) {
        state.set(last.name, 'done')
        order.unshift(last.name)
        path.pop()
      } else if (state.get(next) === 'open') backwards.add(`${last.name}\n${next}`)
      else if (!state.has(next)) enter(next)
    }
  }
  // Services that are not called come first, so that cycles are cut where they are entered.
  const roots = all.filter((name) => !sources.has(name))
  for (const name of [...roots, ...all]) if (!state.has(name)) visit(name)

  const column = new Map(all.map((name) => [name, 0]))
  for (const name of order)
    for (const next of targets.get(name) ?? [])
      if (!backwards.has(`${name}\n${next}`))
        column.set(next, Math.max(column.get(next) ?? 0, (column.get(name) ?? 0) + 1))
  return column
}

/** Places near the wished rows, in this order and at least one row apart. */
function spread(names: readonly string[], wished: ReadonlyMap<string, number>): Map<string, number> {
  const rows: number[] = []
  for (const name of names) rows.push(Math.max(wished.get(name) ?? 0, (rows.at(-1) ?? -Infinity) + 1))
  // All together are as far above their wishes as below.
  const off =
    names.reduce((sum, name, at) => sum + (rows[at] ?? 0) - (wished.get(name) ?? 0), 0) / names.length
  return new Map(names.map((name, at) => [name, (rows[at] ?? 0) - off]))
}
