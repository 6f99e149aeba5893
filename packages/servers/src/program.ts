import { type ChildProcess, spawn, type SpawnOptions } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'

/** Only a hanging program reaches this deadline. */
const DEADLINE_MS = 60_000

/** A server process and its output. */
export interface Program {
  readonly child: ChildProcess
  /** The output so far, standard output and standard error. */
  readonly said: () => string
}

/**
 * Starts a program, and resolves when it reports that it is ready. Rejects with its output if it ends before.
 */
export async function start(
  command: string,
  args: readonly string[],
  isReady: RegExp,
  options: SpawnOptions = {},
): Promise<Program> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const ready = Promise.withResolvers<void>()
  let text = ''
  const fail = (how: string) => ready.reject(new Error(`${command} ${how}:\n${text}`))
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (piece: string) => {
      text += piece
      if (isReady.test(text)) ready.resolve()
    })
  }
  child.once('error', (error) => fail(`could not be started: ${error.message}`))
  child.once('close', (code, signal) => fail(`has ended with ${signal ?? code}`))
  const deadline = setTimeout(() => {
    child.kill('SIGKILL')
    fail('is not ready in time')
  }, DEADLINE_MS)
  try {
    await ready.promise
  } finally {
    clearTimeout(deadline)
  }
  return { child, said: () => text }
}

/** Runs a program to its end. */
export async function run(
  command: string,
  args: readonly string[],
  options: SpawnOptions = {},
): Promise<void> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'ignore', 'pipe'] })
  let text = ''
  child.stderr?.setEncoding('utf8').on('data', (piece: string) => (text += piece))
  const [code] = (await once(child, 'close')) as [number | null]
  if (code !== 0) throw new Error(`${command} has failed with ${code}:\n${text}`)
}

/** Kills a program, even a stopped one, and resolves when it has ended. */
export async function kill({ child }: Program): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const gone = once(child, 'close')
  child.kill('SIGKILL')
  await gone
}

/** A free port, for servers that cannot choose one themselves. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
