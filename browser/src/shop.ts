import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** A hub with the telemetry of the made-up shop, which goes on. */
export interface Shop {
  readonly url: string
  close(): Promise<void>
}

const MAIN = fileURLToPath(new URL('src/main.ts', import.meta.resolve('sightline/package.json')))

/** Starts `sightline demo`. Resolves when the shop's history is in the hub. */
export async function openShop(): Promise<Shop> {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-browser-'))
  const child = spawn(
    process.execPath,
    [
      '--conditions=@sightline/source',
      '--disable-warning=ExperimentalWarning',
      MAIN,
      'demo',
      '--port',
      '0',
      '--data',
      folder,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const ended = once(child, 'exit')
  async function close(): Promise<void> {
    child.kill('SIGTERM')
    await ended
    await rm(folder, { recursive: true, force: true })
  }
  let said = ''
  for await (const piece of child.stdout.setEncoding('utf8')) {
    said += String(piece)
    const [url] = /http:\/\/127\.0\.0\.1:\d+(?=\s)/.exec(said) ?? []
    // What it says last, when all of the history is stored.
    if (url !== undefined && said.includes('until Ctrl-C')) {
      child.stdout.resume()
      return { url, close }
    }
  }
  await close()
  throw new Error(`sightline demo ended:\n${said}`)
}
