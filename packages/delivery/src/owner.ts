import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

/** The socket by which an owner shows that it lives. */
const PULSE = 'alive'
/** What it is called until somebody listens: a name that refuses visitors is the name of a dead one. */
const UNBORN = 'birth'
/** Ends the name of a directory whose owner has left on purpose. */
const LEFT = '.left'
/** So old is a directory without a socket before it counts as abandoned: its owner may be about to make one. */
const NEWBORN_MS = 10_000
const isWindows = process.platform === 'win32'
/** What the systems allow for the path of a socket, with room for the byte that ends it. */
const LONGEST_SOCKET_PATH = 103

/**
 * A directory that belongs to this process as long as it lives. Its owner listens on a socket in it, which the system
 * closes with the process, however it dies: neither a number that another process may have by now, nor a lock that
 * outlives its owner, nor a clock. It works between containers that share a volume, not between machines.
 */
export interface Owner {
  readonly path: string
  /** Moves the files that dead owners have left into this directory. Resolves to their names. */
  inherit(): Promise<string[]>
  /** Gives the directory up: for another process if it holds files. */
  leave(): void
}

/**
 * Makes a directory of our own below `parent`.
 *
 * @param failed Told why the directory cannot be kept as ours; what is in it may be taken by another process then
 * @throws where it cannot be made, or its path is too long for a socket
 */
export function claim(parent: string, failed: (error: unknown) => void): Owner {
  const name = randomBytes(6).toString('hex')
  const path = join(parent, name)
  const socket = pulseOf(path)
  if (Buffer.byteLength(socket) > LONGEST_SOCKET_PATH) {
    throw new TypeError(
      `Sightline: the path ${socket} is too long for a socket: choose a spool directory that is shorter by ${Buffer.byteLength(socket) - LONGEST_SOCKET_PATH} bytes`,
    )
  }
  mkdirSync(path, { recursive: true })
  const unborn = isWindows ? socket : join(path, UNBORN)
  const pulse = createServer((visitor) => visitor.destroy())
    .on('error', failed)
    .on('listening', () => {
      try {
        if (!isWindows) renameSync(unborn, socket)
      } catch (error) {
        failed(error)
      }
    })
    // It is the life of this process that it shows, not that of the primary of a cluster.
    .listen({ path: unborn, exclusive: true })
    .unref()

  return {
    path,
    async inherit() {
      const names: string[] = []
      for (const other of await readdir(parent)) {
        const dead = join(parent, other)
        if (other === name || !(await isAbandoned(dead))) continue
        for (const file of await readdir(dead).catch(() => [])) {
          if (isSocket(file)) continue
          // Where two heirs meet, each file goes to the one that was first.
          const moved = await rename(join(dead, file), join(path, file)).then(
            () => true,
            () => false,
          )
          if (moved) names.push(file)
        }
        for (const socketName of [PULSE, UNBORN]) await rm(join(dead, socketName), { force: true })
        await rmdir(dead).catch(() => undefined)
      }
      return names.toSorted()
    },
    leave() {
      pulse.close()
      const isEmpty = readdirSync(path).every(isSocket)
      if (isEmpty) rmSync(path, { recursive: true, force: true })
      else renameSync(path, `${path}${LEFT}`)
    },
  }
}

function isSocket(file: string): boolean {
  return file === PULSE || file === UNBORN
}

/** Pipes have names of their own on Windows, and vanish with their process too. */
function pulseOf(directory: string): string {
  return isWindows ? `\\\\.\\pipe\\sightline-${directory.replace(/[\\/:]/g, '-')}` : join(directory, PULSE)
}

async function isAbandoned(directory: string): Promise<boolean> {
  if (directory.endsWith(LEFT)) return true
  const failure = await new Promise<string | undefined>((resolve) => {
    const visit = connect(pulseOf(directory))
    visit.unref()
    visit.on('connect', () => {
      visit.destroy()
      resolve(undefined)
    })
    visit.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
  })
  if (failure === 'ECONNREFUSED') return true
  if (failure !== 'ENOENT') return false
  const age = await stat(directory).then(
    ({ mtimeMs }) => Date.now() - mtimeMs,
    () => 0,
  )
  return age > NEWBORN_MS
}
