import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

import type { Hub } from '@sightline/hub'

import type { HubWishes } from '../options.ts'
import { periodText, sizeText } from '../text/quantities.ts'
import type { Scrapes } from './scrapes.ts'

/** What a started hub is described by. */
interface Started {
  readonly hub: Pick<Hub, 'url' | 'generated'>
  readonly folder: string
  readonly wishes: HubWishes
  readonly scrapes: Scrapes
}

/** The paragraph at the start of a hub: address, data, what was read, and what was generated. */
export async function introductionOf({ hub, folder, wishes, scrapes }: Started): Promise<string> {
  const { maxDisk, retention, prometheus, scrape, forward } = wishes
  const { token, viewToken } = hub.generated
  const lines = [
    `Sightline is at ${hub.url}. It receives OTLP over HTTP there: OTEL_EXPORTER_OTLP_ENDPOINT=${hub.url}`,
    `Data: ${folder}, ${sizeText(await sizeOf(folder))} of at most ${sizeText(maxDisk)}; spans and log records for ${periodText(retention)}.`,
  ]
  const [targets, jobs] = [targetsOf(scrapes), scrapes.configs.length - scrape.length]
  if (prometheus !== undefined) lines.push(`Read ${prometheus}: ${counted(jobs, 'job')}.`)
  if (targets > 0) lines.push(`Scrapes ${counted(targets, 'target')}.`)
  if (forward !== undefined) lines.push(`Forwards accepted data to ${originOf(forward)}.`)
  if (token !== undefined) lines.push(`Token for sending, shown once: ${token}`)
  if (viewToken !== undefined) lines.push(`Token for reading, shown once: ${viewToken}`)
  return [...lines, ...scrapes.notes].map((line) => `${line}\n`).join('')
}

function targetsOf({ configs }: Scrapes): number {
  return configs.flatMap(({ groups }) => groups.flatMap(({ targets }) => targets)).length
}

/** A URL may have a password. */
function originOf(url: string): string {
  return URL.parse(url)?.origin ?? ''
}

function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`
}

/** Bytes of the files below a folder. */
async function sizeOf(folder: string): Promise<number> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => [])
  const sizes = entries.map(async (entry) => {
    // A file may go away meanwhile.
    const found = entry.isFile()
      ? await stat(join(entry.parentPath, entry.name)).catch(() => undefined)
      : undefined
    return found?.size ?? 0
  })
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0)
}
