import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { cp, mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { imageOf } from './image.ts'

/** Processes, users and mounts of its own. */
const NAMESPACES = ['--pid', '--fork', '--kill-child', '--user', '--map-root-user', '--mount']
/** Makes the root file system one that can only be read, and becomes the command, as the user who is given first. */
const READ_ONLY = 'mount -o remount,bind,ro / && exec unshare --user "$@"'

/** A service that has been started as in a container. */
interface StartedContainer {
  /** Tells it to end, as an engine does, and waits until it has. */
  stop(): Promise<{ readonly code: number | null; readonly signal: string | null }>
  /** Ends it, if it is still there, and takes its files away. */
  [Symbol.asyncDispose](): Promise<void>
}

/** A service that runs as in a container. */
export interface Container extends StartedContainer {
  readonly url: string
  /** Where operators ask. Never settles where they have no port of their own. */
  readonly management: Promise<URL>
  /** Runs the image's own health check. Rejects where it says that the service is not well. */
  checkHealth(): Promise<unknown>
}

/** A service in the middle of its start, and what it takes to see it listen. */
interface StartingContainer extends StartedContainer {
  readonly environment: Readonly<Record<string, string>>
  readonly healthCheck: readonly string[]
  readonly management: Promise<URL>
  /** On which port it listens, as soon as it does. Rejects where it has ended before. */
  listening(): Promise<number>
}

/** Runs what an image would, as {@link beginContainer} does, and waits until it listens. */
export async function startContainer(
  folder: URL,
  env: Readonly<Record<string, string>> = {},
): Promise<Container> {
  const container = await beginContainer(folder, env)
  const { environment, healthCheck, management } = container
  const port = await container.listening()
  return {
    url: `http://127.0.0.1:${port}`,
    management,
    checkHealth() {
      const [checker = '', ...question] = healthCheck
      return promisify(execFile)(checker, question, { env: { ...environment, PORT: String(port) } })
    },
    stop: () => container.stop(),
    [Symbol.asyncDispose]: () => container[Symbol.asyncDispose](),
  }
}

/**
 * Runs what an image would, where there is no engine for containers: its files in a folder of their own, its command as
 * the first process of a namespace, with its environment, as its user, on a file system that can only be read.
 *
 * @param env what is said besides the image: it comes first
 */
export async function beginContainer(
  folder: URL,
  env: Readonly<Record<string, string>> = {},
): Promise<StartingContainer> {
  const image = await imageOf(folder)
  const [uid = '', gid = ''] = image.user?.split(':') ?? []
  const root = await mkdtemp(join(tmpdir(), 'sightline-image-'))
  for (const { from, to } of image.files)
    await cp(new URL(from, folder), join(root, to, to.endsWith('/') ? from : ''), { recursive: true })
  for (const { to } of image.built) await symlink(fileURLToPath(new URL(to, folder)), join(root, to))

  const [program = '', ...args] = image.command ?? []
  const environment = {
    PATH: `${dirname(process.execPath)}:${process.env['PATH']}`,
    // Stands in for published packages: the workspace's own are read from their sources.
    NODE_OPTIONS: '--conditions=@sightline/source',
    ...image.env,
    ...env,
    // Any port that is free: here is only one network for all.
    PORT: '0',
    ...(env['SIGHTLINE_MANAGEMENT_PORT'] && { SIGHTLINE_MANAGEMENT_PORT: '0' }),
  }
  const child = spawn(
    'unshare',
    [...NAMESPACES, 'sh', '-c', READ_ONLY, 'sh', `--map-user=${uid}`, `--map-group=${gid}`, program, ...args],
    { cwd: root, env: environment, stdio: ['ignore', 'pipe', 'inherit'] },
  )
  const exit = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>
  const { application, management } = addressesOf(child)

  return {
    environment,
    healthCheck: image.healthCheck,
    management,
    listening: () =>
      Promise.race([
        application,
        exit.then(([code]): never => {
          throw new Error(`${fileURLToPath(folder)} has ended with code ${code} instead of listening`)
        }),
      ]),
    async stop() {
      // What the first process of the namespace is called outside of it.
      const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
      process.kill(Number(children.trim()), 'SIGTERM')
      const [code, signal] = await exit
      return { code, signal }
    },
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL')
      await exit
      await rm(root, { recursive: true })
    },
  }
}

/** Where it listens, as its log tells. Never settles where it does not tell. */
function addressesOf(child: ChildProcess) {
  const application = Promise.withResolvers<number>()
  const management = Promise.withResolvers<URL>()
  createInterface({ input: child.stdout as NodeJS.ReadableStream }).on('line', (line) => {
    const { address } = JSON.parse(line) as { address?: string | { port: number } }
    if (typeof address === 'string') management.resolve(new URL(address))
    else if (address) application.resolve(address.port)
  })
  return { application: application.promise, management: management.promise }
}
