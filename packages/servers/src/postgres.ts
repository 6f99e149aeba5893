import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, kill, type Program, run, start } from './program.ts'

/** A PostgreSQL of its own, with a superuser `postgres` who needs no password. */
export interface PostgresServer {
  readonly host: string
  readonly port: number
  readonly user: string
  /** Kills the postmaster without warning; its other processes notice, and end. */
  kill(): Promise<void>
  /** Starts it again after it was killed, on the same port with the same data. */
  restart(): Promise<void>
  /** Has it hang: connections stay, new ones are taken by the system, and nothing is answered. */
  freeze(): void
  /** Has it go on. */
  thaw(): void
  /** Ends it, and removes its data. */
  stop(): Promise<void>
}

const DEBIAN = '/usr/lib/postgresql'

/** Starts Debian's PostgreSQL. As root it runs as the user `postgres`, for it refuses to be root. */
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

/** Every session is a process of its own. The postmaster comes first: it would start more of them. */
function signalAll({ child }: Program, signal: NodeJS.Signals): void {
  child.kill(signal)
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8')
  for (const pid of children.trim().split(' ')) {
    try {
      process.kill(Number(pid), signal)
    } catch {
      // A session has ended meanwhile.
    }
  }
}

/** The processes of a killed postmaster hold its shared memory for a moment more: as long, a new one refuses to start. */
async function untilFree(launch: () => Promise<Program>): Promise<Program> {
  for (;;) {
    try {
      return await launch()
    } catch (error) {
      if (!/shared memory block|lock file/.test(String(error))) throw error
    }
  }
}

/** Debian keeps them, version by version, away from the path; elsewhere they are on it. */
function folderOfPrograms(): string {
  if (!existsSync(DEBIAN)) return ''
  const [newest] = readdirSync(DEBIAN).toSorted((a, b) => Number(b) - Number(a))
  return newest === undefined ? '' : join(DEBIAN, newest, 'bin')
}

function idOf(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}
