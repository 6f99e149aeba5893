import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, kill, type Program, run, start } from './program.ts'

/** A PostgreSQL server for one test, with a superuser `postgres` without a password. */
export interface PostgresServer {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Kills the postmaster. Its other processes notice and end. */
  kill(): Promise<void>
  /** Restarts a killed server on the same port with the same data. */
  restart(): Promise<void>
  /**
   * Stops all its processes: connections stay open, the kernel accepts new ones, and no query is answered.
   */
  freeze(): void
  /** Resumes the processes. */
  thaw(): void
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

const DEBIAN = '/usr/lib/postgresql'

/** Starts Debian's PostgreSQL. It refuses to run as root, so root starts it as the user `postgres`. */
export async function startPostgres(
  settings: Readonly<Record<string, string>> = {},
): Promise<PostgresServer> {
  const bin = folderOfPrograms()
  const owner = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : undefined
  const folder = await mkdtemp(join(tmpdir(), 'postgres-'))
  if (owner) await chown(folder, owner.uid, owner.gid)
  const data = join(folder, 'data')
  const options = { cwd: folder, ...owner }
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'postgres', '-A', 'trust', '--no-sync', '--no-locale', '-E', 'UTF8'],
    options,
  )
  const host = '127.0.0.1'
  const port = await freePort()
  const all = { listen_addresses: host, fsync: 'off', unix_socket_directories: '', ...settings }
  const args = Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`])
  const launch = () =>
    start(
      join(bin, 'postgres'),
      ['-D', data, '-p', String(port), ...args],
      /ready to accept connections/,
      options,
    )
  let program = await launch()

  return {
    host,
    port,
    user: 'postgres',
    kill: () => kill(program),
    async restart() {
      program = await untilFree(launch)
    },
    freeze: () => signalAll(program, 'SIGSTOP'),
    thaw: () => signalAll(program, 'SIGCONT'),
    async stop() {
      await kill(program)
      await rm(folder, { recursive: true })
    },
  }
}

/** Each session is a process. The postmaster is stopped first: it would start more of them. */
function signalAll({ child }: Program, signal: NodeJS.Signals): void {
  child.kill(signal)
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  for (const pid of children.trim().split(' ')) {
    try {
      process.kill(Number(pid), signal)
    } catch {
      // The session has already ended.
    }
  }
}

/**
 * The processes of a killed postmaster hold its shared memory for a moment. Until then, a new postmaster
 * refuses to start.
 */
async function untilFree(launch: () => Promise<Program>): Promise<Program> {
  for (;;) {
    try {
      return await launch()
    } catch (error) {
      if (!/shared memory block|lock file/.test(String(error))) throw error
    }
  }
}

/**
 * Debian keeps the programs in a folder per version, outside the path. Other systems have them on the path.
 */
function folderOfPrograms(): string {
  if (!existsSync(DEBIAN)) return ''
  const [newest] = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a))
  return newest === undefined ? '' : join(DEBIAN, newest, 'bin')
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
