import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { freePort, kill, start } from './program.ts'

/** A Redis server for one test. */
export interface RedisServer {
  readonly host: string
  readonly port: number
  /** Stops its process: connections stay open, and no command is answered. */
  freeze(): void
  /** Resumes the process. */
  thaw(): void
  /** Stops the server and removes its data. */
  stop(): Promise<void>
}

/** Starts Debian's `redis-server`. */
export async function startRedis(): Promise<RedisServer> {
  const host = '127.0.0.1'
  const port = await freePort()
  const folder = await mkdtemp(join(tmpdir(), 'redis-'))
  const args = ['--port', String(port), '--bind', host, '--dir', folder, '--save', '', '--appendonly', 'no']
  const program = await start('redis-server', args, /ready to accept connections/i)
  return {
    host,
    port,
    freeze: () => void program.child.kill('SIGSTOP'),
    thaw: () => void program.child.kill('SIGCONT'),
    async stop() {
      await kill(program)
      await rm(folder, { recursive: true })
    },
  }
}
