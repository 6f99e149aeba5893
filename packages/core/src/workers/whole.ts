import { performance } from 'node:perf_hooks'

import type { Family } from '../series/exposition.ts'
import { nextTurn } from '../series/rendering.ts'
import { type Snapshot, type SnapshotFamily, wholeFamily } from './snapshot.ts'

/** What one worker contributes. */
export interface Part {
  /** The value of the label `worker`. */
  readonly worker: string
  readonly pid: number
  readonly thread: number
  readonly snapshot: Snapshot
}

/** How long it is worked before others get their turn, in milliseconds, and how often the clock is asked. */
const TURN_MS = 1
const SERIES_PER_LOOK = 512

/** Makes one of many: the families of all parts, and of those that have ended what they had counted. */
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
    if (family) yield family
  }
}

/** What ended workers had counted, with that of more of them. Gauges end with their worker. */
export async function withEnded(ended: Snapshot, parts: readonly Part[]): Promise<Snapshot> {
  const owned = ownership(parts)
  const turns = new Turns()
  const sums = new Map<string, SnapshotFamily>()
  async function add(family: SnapshotFamily): Promise<void> {
    const sum = sums.get(family.name) ?? { ...family, series: new Map<string, number>() }
    sums.set(family.name, sum)
    for (const [key, value] of family.series) {
      sum.series.set(key, (sum.series.get(key) ?? 0) + value)
      await turns.take()
    }
  }
  for (const family of ended.values()) await add(family)
  for (const part of parts)
    for (const family of part.snapshot.values())
      if (isCounted(family) && owned(part, family.name)) await add(family)
  return sums
}

function isCounted({ type, across }: SnapshotFamily): boolean {
  return across === 'sum' && (type === 'counter' || type === 'histogram')
}

/** What is the process's is the same for all who live in it, and what is the thread's for all in it: it counts once. */
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

/** Of a part that ends, what ends with it: its process and its thread may go on, in others who live. */
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

/** One family of the whole, as it comes together. */
class Total {
  readonly #series = new Map<string, number>()
  readonly #counts = new Map<string, number>()
  #head: SnapshotFamily | undefined

  async add(family: SnapshotFamily, worker: string | undefined, turns: Turns): Promise<void> {
    this.#head ??= family
    for (const [key, value] of family.series) {
      this.#put(worker !== undefined && family.across === 'each' ? labelled(key, worker) : key, value)
      await turns.take()
    }
  }

  /** `undefined`: there is nothing to show. */
  family(): Family | undefined {
    const head = this.#head
    if (head === undefined) return undefined
    if (head.across !== 'average') return wholeFamily(head, this.#series)
    const averages = new Map<string, number>()
    for (const [key, sum] of this.#series) averages.set(key, sum / (this.#counts.get(key) ?? 1))
    return wholeFamily(head, averages)
  }

  #put(key: string, value: number): void {
    const before = this.#series.get(key)
    switch (this.#head?.across) {
      case 'sum':
        this.#series.set(key, (before ?? 0) + value)
        break
      case 'average':
        this.#series.set(key, (before ?? 0) + value)
        this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1)
        break
      case 'min':
        this.#series.set(key, Math.min(before ?? value, value))
        break
      case 'max':
        this.#series.set(key, Math.max(before ?? value, value))
        break
      default:
        // The first one is the process's own: a silent worker's is of the past.
        if (before === undefined) this.#series.set(key, value)
    }
  }
}

/** Adds the label `worker`. A worker of a worker has it already: it becomes a path. */
function labelled(key: string, worker: string): string {
  const brace = key.indexOf('{')
  if (brace < 0) return `${key}{worker="${worker}"}`
  const inner = key.indexOf('worker="', brace)
  return inner === brace + 1
    ? `${key.slice(0, brace)}{worker="${worker}/${key.slice(inner + 'worker="'.length)}`
    : `${key.slice(0, brace)}{worker="${worker}",${key.slice(brace + 1)}`
}

/** Turns of the event loop within long work. */
class Turns {
  #count = 0
  #began = performance.now()

  /** To be awaited only where it is a promise: most of the time it is not. */
  take(): Promise<void> | undefined {
    if (++this.#count % SERIES_PER_LOOK !== 0 || performance.now() - this.#began < TURN_MS) return undefined
    return nextTurn().then(() => {
      this.#began = performance.now()
    })
  }
}
