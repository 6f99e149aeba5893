import type { Limits } from './limits.ts'

/** Kinds of parts that are left out beyond a limit, with their nouns. */
const PARTS = { attributes: 'attribute', events: 'event', links: 'link' } as const
type Part = keyof typeof PARTS

/** Counts what one call of a reader rejected, shortened and left out. */
export class Tally {
  /** Rejected items. */
  rejected = 0
  readonly #limits: Limits
  readonly #causes = new Map<string, number>()
  #values = 0
  #bodies = 0
  readonly #parts: Record<Part, number> = { attributes: 0, events: 0, links: 0 }
  #badLinks = 0

  constructor(limits: Limits) {
    this.#limits = limits
  }

  begin(): void {
    this.rejected = 0
    this.#causes.clear()
    this.#values = 0
    this.#bodies = 0
    this.#parts.attributes = 0
    this.#parts.events = 0
    this.#parts.links = 0
    this.#badLinks = 0
  }

  /** @param cause a clause without capital and full stop, one of a fixed set of texts */
  reject(cause: string, items = 1): void {
    if (items === 0) return
    this.rejected += items
    this.#causes.set(cause, (this.#causes.get(cause) ?? 0) + items)
  }

  /** Counts a value that was shortened to `limit` bytes. */
  shorten(limit: number): void {
    if (limit === this.#limits.valueBytes) this.#values++
    else this.#bodies++
  }

  /** Number of values and parts that were shortened or left out so far. */
  get losses(): number {
    const { attributes, events, links } = this.#parts
    return this.#values + this.#bodies + attributes + events + links + this.#badLinks
  }

  /** Counts parts beyond their limit. */
  leaveOut(part: Part, count: number): void {
    this.#parts[part] += count
  }

  /** Counts a link that was left out because its ids are invalid. */
  leaveOutLink(): void {
    this.#badLinks++
  }

  /** One sentence about everything that was counted. Empty if nothing was. */
  get reason(): string {
    const clauses: string[] = []
    if (this.rejected > 0) {
      const causes = [...this.#causes].map(([cause, count]) => `${cause} (${count})`)
      clauses.push(`${counted(this.rejected, 'item')} rejected: ${causes.join(', ')}`)
    }
    const { valueBytes, bodyBytes } = this.#limits
    if (this.#values > 0) clauses.push(`${counted(this.#values, 'value')} shortened to ${valueBytes} bytes`)
    if (this.#bodies > 0) clauses.push(`${counted(this.#bodies, 'body')} shortened to ${bodyBytes} bytes`)
    for (const [part, noun] of Object.entries(PARTS)) {
      // The keys of a constant object are the names of its type.
      const count = this.#parts[part as Part]
      if (count > 0)
        clauses.push(`${counted(count, noun)} left out beyond ${this.#limits[part as Part]} of one item`)
    }
    if (this.#badLinks > 0) clauses.push(`${counted(this.#badLinks, 'link')} left out because of invalid ids`)
    return clauses.join('; ')
  }
}

function counted(count: number, noun: string): string {
  if (count === 1) return `1 ${noun} was`
  return `${count} ${noun.replace(/y$/, 'ie')}s were`
}
