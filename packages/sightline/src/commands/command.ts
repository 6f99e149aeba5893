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
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal
}

/** `15m` is fifteen minutes ago for the hub; anything else is passed on. */
export function hubTime(text: string | undefined): string | undefined {
  return text !== undefined && /^\d+(?:ms|[smhdw])$/.test(text) ? `now-${text}` : text
}
