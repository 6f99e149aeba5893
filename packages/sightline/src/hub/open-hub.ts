import { resolve } from 'node:path'

import { ConfigError, type HubLog, startHub } from '@sightline/hub'

import type { HubWishes } from '../options.ts'
import { UsageError } from '../usage.ts'
import { introductionOf } from './introduction.ts'
import { scrapesOf } from './scrapes.ts'

/** A hub within this process. */
export interface OpenHub {
  readonly url: string
  /** For sending. */
  readonly token: string | undefined
  /** For reading. */
  readonly viewToken: string | undefined
  /** What was started, and what was read: a paragraph. */
  readonly introduction: string
  close(): Promise<void>
}

/**
 * Starts a hub.
 *
 * @throws {UsageError} for a wrong option or file; an `Error` where the port or the folder is in use
 */
export async function openHub(wishes: HubWishes, log?: HubLog): Promise<OpenHub> {
  const { port, host, token, viewToken, allowHost, allowOrigin, maxDisk, retention, forward, redact } = wishes
  const folder = resolve(wishes.folder)
  try {
    const scrapes = await scrapesOf(wishes)
    const hub = await startHub({
      folder,
      port,
      host,
      token,
      viewToken,
      hosts: allowHost,
      origins: allowOrigin,
      maxDisk,
      retention,
      forward,
      redact,
      scrape: scrapes.configs,
      ...(log !== undefined && { log }),
    })
    return {
      url: hub.url,
      token: token ?? hub.generated.token,
      viewToken: viewToken ?? hub.generated.viewToken,
      introduction: await introductionOf({ hub, folder, wishes, scrapes }),
      close: () => hub.close(),
    }
  } catch (error) {
    throw explained(error, wishes)
  }
}

function explained(error: unknown, { host, port }: HubWishes): unknown {
  if (error instanceof TypeError || error instanceof ConfigError) return new UsageError(error.message)
  // Errors of the system have a code.
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EADDRINUSE')
    return new Error(
      `Port ${port} of ${host} is in use: give another one with --port, or end the program that has it`,
    )
  if (code === 'EADDRNOTAVAIL')
    return new Error(`This machine has no address ${host}: give another one with --host`)
  if (code === 'EACCES' && !(error as NodeJS.ErrnoException).path)
    return new Error(`Port ${port} needs more rights: give one above 1023 with --port`)
  return error
}
