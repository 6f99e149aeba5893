import type { HubClient } from '../client/hub-client.ts'
import type { ClientWishes } from '../options.ts'

/** What a command writes to. */
export interface Output {
  write(text: string): unknown
  readonly isTTY?: boolean
}

/** What the commands that ask a hub have at hand. */
export interface Asking {
  readonly client: HubClient
  readonly wishes: ClientWishes
  readonly out: Output
  /** For notes that are no part of the answer. */
  readonly err: Output
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}
