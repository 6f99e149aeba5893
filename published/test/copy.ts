import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { startRegistry } from '@sightline/servers'

import { ownEnvironment, packedInto } from './project.ts'

const run = promisify(execFile)

const APPS = fileURLToPath(new URL('../../apps/', import.meta.url))
/** Files in an app's folder that come from development work. */
const NOT_COPIED = new Set(['node_modules', 'package-lock.json', '.env', '.turbo', 'dist'])

/** A line of a service's log. */
type Line = Readonly<Record<string, unknown>>

/** A registry with all packages of the workspace, as if published. */
export async function publish() {
  const folder = await mkdtemp(join(tmpdir(), 'sightline-published-'))
  const packed = await packedInto(folder)
  const registry = await startRegistry(packed.map(({ tarball }) => tarball))
  return {
    url: registry.url,
    async [Symbol.asyncDispose]() {
      await registry.stop()
      await rm(folder, { recursive: true })
    },
  }
}

/**
 * An app as an external user gets it: its folder copied out of the workspace, and `npm install` run in it.
 */
export async function copyOut(app: string, registry: string) {
  const parent = await mkdtemp(join(tmpdir(), 'sightline-copy-'))
  const folder = join(parent, basename(app))
  await mkdir(folder)
  const source = join(APPS, app)
  await cp(source, folder, { recursive: true, filter: (path) => !NOT_COPIED.has(basename(path)) })
  await writeFile(join(folder, '.npmrc'), `@sightline:registry=${registry}\n`)

  /** Runs npm in the copy. Rejects with the whole output if it fails. */
  const npm = async (args: readonly string[], variables: Record<string, string> = {}) => {
    const options = { cwd: folder, env: ownEnvironment(variables), maxBuffer: 16 * 1_024 * 1_024 }
    try {
      return (await run('npm', args, options)).stdout
    } catch (error) {
      const { stdout, stderr } = error as { stdout: string; stderr: string }
      throw new Error(`npm ${args.join(' ')} has failed in ${folder}:\n${stdout}\n${stderr}`, {
        cause: error,
      })
    }
  }
  await npm(['install', '--prefer-offline', '--no-audit', '--no-fund'])

  return {
    folder,
    npm,
    start: (variables: Record<string, string> = {}) => start(folder, variables),
    [Symbol.asyncDispose]: () => rm(parent, { recursive: true, force: true }),
  }
}

/** Runs `npm start` in a copy, and waits until the service listens. */
async function start(folder: string, variables: Record<string, string>) {
  const child = spawn('npm', ['start'], {
    cwd: folder,
    env: ownEnvironment({ HOST: '127.0.0.1', PORT: '0', ...variables }),
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Line[] = []
  const texts: string[] = []
  const opened = Promise.withResolvers<number>()
  for (const input of [child.stdout, child.stderr]) {
    createInterface({ input }).on('line', (text) => {
      texts.push(text)
      if (!text.startsWith('{')) return
      const line = JSON.parse(text) as Line
      lines.push(line)
      const { address } = line as { address?: { port?: number } }
      if (address?.port !== undefined) opened.resolve(address.port)
    })
  }
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  void ended.then(([code]) => opened.reject(new Error(`npm start ended with ${code}:\n${texts.join('\n')}`)))
  const port = await opened.promise

  return {
    url: `http://127.0.0.1:${port}`,
    /** The log lines so far. */
    lines,
    /** Stops it, and waits until it and npm have ended. */
    stop: async () => end(child, ended),
  }
}

/**
 * npm does not pass signals on, which is why images start node without it. Signals go to the service's
 * process.
 */
async function end({ pid }: ChildProcess, ended: Promise<[number | null, string | null]>) {
  process.kill(await innermost(pid ?? 0), 'SIGTERM')
  const [code, signal] = await ended
  return { code, signal }
}

/** The process that npm, through a shell, has started. */
async function innermost(pid: number): Promise<number> {
  const [child = ''] = (await readFile(`/proc/${pid}/task/${pid}/children`, 'utf8')).trim().split(' ')
  return child === '' ? pid : innermost(Number(child))
}
