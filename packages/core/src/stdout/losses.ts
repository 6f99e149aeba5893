import type { Obstacle } from './output.ts'

/** A period of lost lines. */
export interface Loss {
  /** Milliseconds since the epoch. */
  readonly since: number
  readonly lines: number
}

const BEGINNINGS: Readonly<Record<Obstacle, string>> = {
  slow_reader: 'log lines are being lost: standard output is read too slowly',
  no_reader: 'log lines are being lost: nobody reads standard output any more',
  write_error: 'log lines are being lost: standard output cannot be written',
}

/** The lost lines by reason, and the current loss. */
export class Losses {
  readonly byReason: Record<Obstacle, number> = { slow_reader: 0, no_reader: 0, write_error: 0 }
  #current: Loss | undefined = undefined

  get current(): Loss | undefined {
    return this.#current
  }

  /** @returns whether a loss begins with these lines */
  add(lines: number, reason: Obstacle): boolean {
    if (lines === 0) return false
    this.byReason[reason] += lines
    const { since, lines: before } = this.#current ?? { since: Date.now(), lines: 0 }
    this.#current = { since, lines: before + lines }
    return before === 0
  }

  /** Ends the loss: the output accepts lines again. */
  end(): void {
    this.#current = undefined
  }
}

/** The line that reports the begin of a loss. */
export function beginning(service: string, reason: Obstacle): string {
  return warning(service, { reason }, BEGINNINGS[reason])
}

/** The line that reports the end of a loss, with its size. */
export function ending(service: string, { since, lines }: Loss): string {
  return warning(
    service,
    { lost: lines, since: new Date(since).toISOString() },
    'log lines were lost: standard output did not take them',
  )
}

/** The line that reports unwritten lines at the exit. */
export function leftBehind(service: string, lines: number): string {
  return warning(service, { lost: lines }, 'log lines are lost at exit: standard output has not taken them')
}

function warning(service: string, fields: object, msg: string): string {
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), service, ...fields, msg })}\n`
}
