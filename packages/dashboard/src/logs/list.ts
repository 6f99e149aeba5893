import { type ReadonlySignal, signal } from '@preact/signals'

import type { Api } from '../api/api.ts'
import type { Log } from './log.ts'
import { arrivals, BIG_PAGE, begin, PAGE, pageFrom, type Search } from './pages.ts'
import { merged, type Row, Rows } from './rows.ts'

/** A list of log records in the order of time, of which a part is loaded. */
export interface Lines {
  readonly rows: readonly Row[]
  /** Rises by the rows that were taken off the beginning, and falls by those that were put there. */
  readonly shift: number
  readonly hasOlder: boolean
  /** Records follow that are not loaded, and are no newer ones. */
  readonly hasNewer: boolean
  /** Records that arrived and are held back. */
  readonly waiting: number
  /** More wait than are counted. */
  readonly isMany: boolean
  readonly error: string | undefined
  readonly isReady: boolean
}

/** Rows that stay while new ones are shown at the end: a page that is open for hours needs no more memory. */
const KEPT = 10_000
/** Rows that can be reached by scrolling. */
const MOST = 100_000
/** Records that are held back while the page is read. */
const MOST_WAITING = 5_000
/** Pages in a row before the list begins anew at the newest records. */
const MOST_PAGES = 5

const EMPTY: Lines = {
  rows: [],
  shift: 0,
  hasOlder: false,
  hasNewer: false,
  waiting: 0,
  isMany: false,
  error: undefined,
  isReady: false,
}

/** Loads log records: the newest first, older and newer ones when they are wanted, and those that arrive. */
export class LogList {
  readonly #api: Api
  readonly #lines = signal<Lines>(EMPTY)
  #search: Search | undefined
  #rows = new Rows(true)
  #aborting = new AbortController()
  #tail: string | null = null
  #older: string | null = null
  #newer: string | null = null
  #waiting: Log[] = []
  #isHeld = false
  /** Whether arrived records are being loaded, and whether others have arrived since. */
  #isCatchingUp = false
  #isAgain = false
  #isExtending = false
  #isLoading = false

  constructor(api: Api) {
    this.#api = api
  }

  get lines(): ReadonlySignal<Lines> {
    return this.#lines
  }

  /** Begins anew. The rows before stay until others are there. */
  async load(search: Search): Promise<void> {
    this.#search = search
    this.#aborting.abort()
    const { signal: aborted } = (this.#aborting = new AbortController())
    this.#isCatchingUp = false
    this.#isExtending = false
    // What the list before went on with is over.
    this.#tail = this.#older = this.#newer = null
    this.#waiting = []
    this.#isLoading = true
    this.#isAgain = false
    await this.#guarded(aborted, async () => {
      const { newest, tail, older, newer } = await begin(this.#api, search, aborted)
      if (aborted.aborted) return
      this.#rows = new Rows(search.folds)
      this.#tail = tail
      this.#older = older
      this.#newer = newer
      this.#lines.value = {
        ...EMPTY,
        rows: this.#rows.of(newest),
        hasOlder: older !== null,
        hasNewer: newer !== null,
        isReady: true,
      }
    })
    if (aborted.aborted) return
    this.#isLoading = false
    if (this.#isAgain) void this.arrived()
  }

  /** Tells that records may have arrived. Requests that come together make one. */
  async arrived(): Promise<void> {
    const { q, goesOn } = this.#search ?? { q: '', goesOn: false }
    if (!goesOn) return
    this.#isAgain = true
    // The page that is being loaded may have been made before these records: they are asked for after it.
    if (this.#tail === null || this.#isCatchingUp) return
    this.#isCatchingUp = true
    let tail = this.#tail
    const { signal: aborted } = this.#aborting
    await this.#guarded(aborted, async () => {
      for (let full = 0; full < MOST_PAGES;) {
        this.#isAgain = false
        const page = await arrivals(this.#api, q, tail, aborted)
        if (aborted.aborted) return
        this.#tail = tail = page.next ?? tail
        this.#add(page.logs)
        full = page.logs.length < BIG_PAGE ? 0 : full + 1
        if (full === 0 && !this.#isAgain) return
      }
      // Too far behind: the newest records are those that count.
      if (this.#isHeld) this.#drop()
      else await this.#reload()
    })
    if (!aborted.aborted) this.#isCatchingUp = false
  }

  /** Loads records before the first row. */
  older(): Promise<void> {
    return this.#extend(this.#older, async (before, search, aborted) => {
      const page = await pageFrom(this.#api, search, { before, limit: PAGE }, aborted)
      if (aborted.aborted) return
      const added = new Rows(search.folds).of(page.logs.toReversed())
      const { rows, shift } = this.#lines.value
      this.#older = rows.length + added.length < MOST ? page.next : null
      this.#change({
        rows: [...added, ...rows],
        shift: shift - added.length,
        hasOlder: this.#older !== null,
      })
    })
  }

  /** Loads records after the last row, where the list did not begin at the newest. */
  newer(): Promise<void> {
    return this.#extend(this.#newer, async (after, search, aborted) => {
      const page = await pageFrom(this.#api, search, { after, limit: PAGE }, aborted)
      if (aborted.aborted) return
      this.#newer = page.logs.length === PAGE ? page.next : null
      const rows = [...this.#lines.value.rows, ...this.#rows.of(page.logs)]
      this.#change({ rows, hasNewer: this.#newer !== null })
    })
  }

  /** Holds arriving records back, or shows them again with those that wait. */
  hold(isHeld: boolean): void {
    if (this.#isHeld === isHeld) return
    this.#isHeld = isHeld
    if (isHeld || this.#isLoading) return
    const { isMany, hasNewer } = this.#lines.value
    const waiting = this.#waiting
    this.#waiting = []
    if (isMany || hasNewer) void this.#reload()
    else this.#add(waiting)
  }

  close(): void {
    this.#aborting.abort()
  }

  #add(logs: readonly Log[]): void {
    const { rows, shift, isMany, waiting, hasNewer } = this.#lines.value
    if (this.#isHeld || hasNewer) {
      if (isMany) this.#change({ waiting: waiting + logs.length })
      else if (this.#waiting.length + logs.length > MOST_WAITING) this.#drop(logs.length)
      else {
        this.#waiting = this.#waiting.concat(logs)
        this.#change({ waiting: this.#waiting.length })
      }
      return
    }
    if (logs.length === 0 && waiting === 0) return
    const all = logs.length === 0 ? rows : merged(rows, this.#rows.of(logs))
    const excess = all.length > KEPT * 1.2 ? all.length - KEPT : 0
    if (excess > 0) this.#older = all[excess]?.log.cursor ?? null
    this.#change({
      rows: excess > 0 ? all.slice(excess) : all,
      shift: shift + excess,
      hasOlder: this.#older !== null,
      waiting: 0,
    })
  }

  /** Forgets the records that wait: they are loaded again when they are to be shown. */
  #drop(more = 0): void {
    const { waiting } = this.#lines.value
    this.#waiting = []
    this.#change({ isMany: true, waiting: waiting + more })
  }

  /** Begins anew at the newest records. */
  async #reload(): Promise<void> {
    if (this.#search !== undefined) await this.load({ ...this.#search, cursor: undefined, at: undefined })
  }

  async #extend(
    cursor: string | null,
    load: (cursor: string, search: Search, aborted: AbortSignal) => Promise<void>,
  ): Promise<void> {
    const search = this.#search
    if (cursor === null || search === undefined || this.#isExtending) return
    this.#isExtending = true
    const { signal: aborted } = this.#aborting
    await this.#guarded(aborted, () => load(cursor, search, aborted))
    if (!aborted.aborted) this.#isExtending = false
  }

  /** Keeps an error as the sentence that the page shows. What was aborted is over. */
  async #guarded(aborted: AbortSignal, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (error) {
      if (!aborted.aborted)
        this.#change({ error: error instanceof Error ? error.message : String(error), isReady: true })
    }
  }

  #change(lines: Partial<Lines>): void {
    this.#lines.value = { ...this.#lines.value, error: undefined, ...lines }
  }
}
