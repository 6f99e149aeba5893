import { randomBytes } from 'node:crypto'
import { mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { readdir, rename, rm, rmdir, stat } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { join } from 'node:path'

/** Name of the socket that shows that the owner is alive. */
const PULSE = 'alive'
/**
 * Name of the socket before it listens. A socket named `alive` that refuses connections means a dead owner.
 */
const UNBORN = 'birth'
/** Suffix of a directory that its owner has released. */
const LEFT = '.left'
/**
 * Grace period before a directory without a socket counts as abandoned: its owner may be about to create the
 * socket.
 */
const NEWBORN_MS = 10_000
const isWindows = process.platform === 'win32'
/** Limit of the operating systems for a socket path, without the terminating byte. */
const LONGEST_SOCKET_PATH = 103

/**
 * A directory that belongs to this process. The owner listens on a socket in it, and the system closes that
 * socket when the process dies for any reason. Unlike a process id, a lock file or a timestamp, it cannot be
 * reused or outlive the owner. It works between containers that share a volume, not between machines.
 */
export interface Owner {
  readonly path: string
  /** Moves the files of dead owners into this directory. Resolves to their names. */
  inherit(): Promise<string[]>
  /** Releases the directory. Another process may take it if it holds files; otherwise it is deleted. */
  leave(): void
}

/**
 * Creates a directory of our own below `parent`.
 *
 * @param failed Receives the reason when ownership is lost; another process may then take the files
 * @throws when the directory cannot be created, or its path is too long for a socket
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
    // `exclusive`: the socket belongs to this worker, not to the primary of a cluster.
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
          // When two processes inherit in parallel, the first rename of each file wins.
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

/** On Windows, named pipes live outside the file system. They too vanish with their process. */
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
