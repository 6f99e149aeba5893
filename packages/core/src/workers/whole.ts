import type { Across, Family } from '../series/family.ts'
import type { Numbers } from './pieces.ts'
import { inBuckets, type Snapshot, type SnapshotFamily, wholeFamily } from './snapshot.ts'
import { Turns } from './turns.ts'

/** The contribution of one worker. */
export interface Part {
  /** The value of the label `worker`. */
  readonly worker: string
  readonly pid: number
  readonly thread: number
  readonly snapshot: Snapshot
}

/** Combines the families of all parts, and the counts of ended workers. */
export async function* wholeOf(parts: readonly Part[], ended: Snapshot): AsyncGenerator<Family> {
  const owned = ownership(parts)
  const names = new Set([...parts.flatMap(({ snapshot }) => [...snapshot.keys()]), ...ended.keys()])
  const turns = new Turns()
  for (const name of names) {
    const total = new Total()
    const before = ended.get(name)
    if (before) await total.add(before, undefined, turns)
    for (const part of parts) {
      const family = part.snapshot.get(name)
      if (family && owned(part, name)) await total.add(family, part.worker, turns)
    }
    const family = total.family()
    if (family) yield wholeFamily(family)
  }
}

/** Adds the counts of further workers to those of ended ones. Gauges end with their worker. */
export async function withEnded(ended: Snapshot, parts: readonly Part[]): Promise<Snapshot> {
  const owned = ownership(parts)
  const turns = new Turns()
  const totals = new Map<string, Total>()
  async function add(family: SnapshotFamily): Promise<void> {
    const total = totals.get(family.name) ?? new Total()
    totals.set(family.name, total)
    await total.add(family, undefined, turns)
  }
  for (const family of ended.values()) await add(family)
  for (const part of parts)
    for (const family of part.snapshot.values())
      if (isCounted(family) && owned(part, family.name)) await add(family)
  const sums = new Map<string, SnapshotFamily>()
  for (const [name, total] of totals) {
    const family = total.family()
    if (family) sums.set(name, family)
  }
  return sums
}

function isCounted({ type, across }: SnapshotFamily): boolean {
  return across === 'sum' && (type === 'counter' || type === 'histogram')
}

/**
 * Metrics of a process are the same in all its parts, and metrics of a thread in all parts of the thread. This test
 * selects one part, so that they count once.
 */
function ownership(parts: readonly Part[]): (part: Part, name: string) => boolean {
  const ofProcess = new Map<number, Part>()
  const ofThread = new Map<string, Part>()
  for (const part of parts) {
    if (!ofProcess.has(part.pid)) ofProcess.set(part.pid, part)
    const thread = `${part.pid}/${part.thread}`
    if (!ofThread.has(thread)) ofThread.set(thread, part)
  }
  return (part, name) => {
    if (isOfProcess(name)) return ofProcess.get(part.pid) === part
    return !isOfThread(name) || ofThread.get(`${part.pid}/${part.thread}`) === part
  }
}

/** The series to retire with a worker. Process and thread series stay while another worker shares them. */
export function endingWith(part: Part, living: readonly Part[]): Part {
  const inProcess = living.filter(({ pid }) => pid === part.pid)
  if (inProcess.length === 0) return part
  const inThread = inProcess.some(({ thread }) => thread === part.thread)
  const own = [...part.snapshot].filter(([name]) => !isOfProcess(name) && !(inThread && isOfThread(name)))
  return { ...part, snapshot: new Map(own) }
}

function isOfProcess(name: string): boolean {
  return /^(?:process|system)_/.test(name)
}

function isOfThread(name: string): boolean {
  return name.startsWith('nodejs_')
}

/** The combination of one family. */
class Total {
  readonly #series = new Map<string, Numbers>()
  readonly #counts = new Map<string, number>()
  #head: SnapshotFamily | undefined

  async add(family: SnapshotFamily, worker: string | undefined, turns: Turns): Promise<void> {
    this.#head ??= family
    if (this.#head.bounds === undefined && family.bounds)
      this.#head = { ...this.#head, bounds: family.bounds }
    const { type, bounds } = this.#head
    // Workers of different service versions may disagree on the type. The first one decides.
    if (family.type !== type) return
    for (const [labels, numbers] of family.series) {
      const key = worker !== undefined && family.across === 'each' ? ofWorker(labels, worker) : labels
      this.#put(key, inBuckets(numbers, family.bounds, bounds))
      await turns.take()
    }
  }

  /** `undefined`: no part has the family. */
  family(): SnapshotFamily | undefined {
    const head = this.#head
    if (head === undefined) return undefined
    if (head.across !== 'average') return { ...head, series: this.#series }
    const averages = new Map<string, Numbers>()
    for (const [labels, sums] of this.#series) {
      const count = this.#counts.get(labels) ?? 1
      averages.set(
        labels,
        sums.map((sum) => sum / count),
      )
    }
    return { ...head, series: averages }
  }

  #put(labels: string, numbers: Numbers): void {
    const before = this.#series.get(labels)
    const across = this.#head?.across
    if (across === 'average') this.#counts.set(labels, (this.#counts.get(labels) ?? 0) + 1)
    if (before === undefined) this.#series.set(labels, numbers)
    else {
      const combine = COMBINED[across ?? 'each']
      if (combine)
        this.#series.set(
          labels,
          before.map((each, index) => combine(each, numbers[index] ?? 0)),
        )
    }
  }
}

/**
 * How two numbers are combined. `undefined` keeps the first: the process's own is current, a silent worker's is old.
 */
const COMBINED: Readonly<Record<Across, ((one: number, other: number) => number) | undefined>> = {
  sum: (one, other) => one + other,
  average: (one, other) => one + other,
  min: Math.min,
  max: Math.max,
  same: undefined,
  each: undefined,
}

/** Adds the label `worker`. If a worker has workers of its own, the label becomes a path. */
function ofWorker(labels: string, worker: string): string {
  const label = 'worker="'
  if (labels === '') return `${label}${worker}"`
  return labels.startsWith(label)
    ? `${label}${worker}/${labels.slice(label.length)}`
    : `${label}${worker}",${labels}`
}
