import type { Obstacle } from './output.ts'

/** A time in which lines were lost, from the first of them on. */
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

/** What was lost, by reason, and since when. */
export class Losses {
  readonly byReason: Record<Obstacle, number> = { slow_reader: 0, no_reader: 0, write_error: 0 }
  #current: Loss | undefined = undefined

  /** The loss that goes on. */
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

  /** Lines are taken again. */
  end(): void {
    this.#current = undefined
  }
}

/** The line that tells where a loss begins. */
export function beginning(service: string, reason: Obstacle): string {
  return warning(service, { reason }, BEGINNINGS[reason])
}

/** The line that tells how much was lost, where the loss ends. */
export function ending(service: string, { since, lines }: Loss): string {
  return warning(
    service,
    { lost: lines, since: new Date(since).toISOString() },
    'log lines were lost: standard output did not take them',
  )
}

/** The line that tells what a process leaves behind unwritten when it exits. */
export function leftBehind(service: string, lines: number): string {
  return warning(service, { lost: lines }, 'log lines are lost at exit: standard output has not taken them')
}

function warning(service: string, fields: object, msg: string): string {
  return `${JSON.stringify({ level: 'warn', time: new Date().toISOString(), service, ...fields, msg })}\n`
}
