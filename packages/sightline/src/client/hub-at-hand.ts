import type { Output } from '../commands/command.ts'
import type { Wishes } from '../options.ts'
import { hubClient, HubError } from './hub-client.ts'

/** The hub that a command uses. */
export interface HubAtHand {
  /** Its origin. */
  readonly url: string
  /** For sending. */
  readonly token: string | undefined
  /** Ends a hub that was started for the command. Any other goes on. */
  close(): Promise<void>
}

/**
 * Finds the hub of a command. If none answers, one is started within this process.
 *
 * @param out is told what was started
 * @throws {HubError} if the hub that the user names does not answer
 */
export async function hubAtHand({ hub: options, client }: Wishes, out: Output): Promise<HubAtHand> {
  const isThere = options.port !== 0 || client.isHubNamed
  if (isThere && (await hubClient(client.hub, {}).answers()))
    return { url: client.hub, token: client.token, close: async () => undefined }
  if (client.isHubNamed) throw new HubError(`No hub answers at ${client.hub}`)
  const { openHub } = await import('../hub/open-hub.ts')
  const hub = await openHub(options)
  out.write(hub.introduction)
  return { url: hub.url, token: hub.token, close: () => hub.close() }
}
