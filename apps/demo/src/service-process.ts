import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

import { KeptLog } from './kept-log.ts'
import type { ServiceName, ServicePlan } from './services.ts'
import type { Listening } from './tether.ts'

/** A service in its own process. */
export interface RunningService {
  readonly name: ServiceName
  readonly framework: string
  readonly url: string
  readonly log: KeptLog
  /** Resolves to the exit code or signal, once the process has ended and its log is complete. */
  readonly ended: Promise<string>
  /** The last `/metrics` of processes that were replaced. */
  readonly replaced: readonly string[]
  /** Stops the service, waits for its end, and returns its exit code or signal. */
  stop(): Promise<string>
  /** Kills the service. */
  kill(): void
}

/** The start options of a service. */
export interface Surroundings {
  readonly logFolder: string
  /** Additional environment variables. */
  readonly variables: Readonly<Record<string, string>>
}

const HOST = '127.0.0.1'
const START_WITHIN_MS = 20_000
/** Deadline of a service's graceful shutdown. */
const DEADLINE_MS = 5_000
/** Deadline for a service that is too busy to notice the signal. */
const STOP_WITHIN_MS = 8_000

/**
 * Starts a service, and waits until it listens.
 *
 * @throws {Error} if it ends before that; the message has the end of its log
 */
export async function startService(plan: ServicePlan, surroundings: Surroundings): Promise<RunningService> {
  const port = (await isFree(plan.port)) ? plan.port : 0
  try {
    return await launch(plan, port, surroundings)
  } catch (error) {
    // Another process may have taken the port meanwhile.
    if (port === 0 || (await isFree(port))) throw error
    return launch(plan, 0, surroundings)
  }
}

async function launch(
  plan: ServicePlan,
  port: number,
  { logFolder, variables }: Surroundings,
): Promise<RunningService> {
  const log = new KeptLog(join(logFolder, `${plan.name}.log`))
  try {
    const service = await launchService(plan, port, log, variables)
    void service.ended.then(() => log.close())
    return service
  } catch (error) {
    log.close()
    throw error
  }
}

/**
 * Starts a service on a port (0: a free one), and waits until it listens. Its log stays open.
 *
 * @throws {Error} if it ends before that; the message has the end of its log
 */
export async function launchService(
  plan: ServicePlan,
  port: number,
  log: KeptLog,
  variables: Readonly<Record<string, string>>,
): Promise<RunningService> {
  const child = spawnService(plan, log, {
    // The final comparison parses every line as JSON, and needs every access event.
    SIGHTLINE_LOG_PRETTY: 'false',
    SIGHTLINE_LOG_LEVEL: 'info',
    // Also enables it under a test runner.
    SIGHTLINE_LIFECYCLE: 'true',
    SIGHTLINE_SHUTDOWN_DEADLINE: String(DEADLINE_MS),
    HOST,
    PORT: String(port),
    DATABASE_PATH: ':memory:',
    ...variables,
  })
  // Unlike `exit`, `close` is emitted after all output has been read.
  const ended = once(child, 'close').then(([code, signal]) => (signal ? `by ${signal}` : `with code ${code}`))
  const listening = await firstWordOf(child)
  if (!listening) {
    child.kill('SIGKILL')
    throw new Error(`${plan.name} did not start; it ended ${await ended}:\n${await endOf(log.file)}`)
  }
  return {
    name: plan.name,
    framework: plan.framework,
    url: `http://${HOST}:${listening.port}`,
    log,
    ended,
    replaced: [],
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
      const how = await ended
      clearTimeout(timer)
      return how
    },
    kill: () => void child.kill('SIGKILL'),
  }
}

function spawnService(
  { module }: ServicePlan,
  log: KeptLog,
  variables: Record<string, string>,
): ChildProcess {
  const tether = fileURLToPath(new URL('tether.ts', import.meta.url))
  const child = fork(module, {
    execArgv: [...process.execArgv, '--import', tether],
    env: { ...foreignVariables(), ...variables },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    // Ctrl-C goes to the terminal's process group. The services must outlive the last request.
    detached: true,
  })
  for (const input of [child.stdout, child.stderr]) {
    if (input) createInterface({ input, crlfDelay: Infinity }).on('line', (line) => log.write(line))
  }
  return child
}

/** The environment without Sightline's settings: the summary relies on their defaults. */
function foreignVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SIGHTLINE_')))
}

/** The address of a service. `undefined` if it has ended or timed out. */
async function firstWordOf(child: ChildProcess): Promise<Listening | undefined> {
  const settled = new AbortController()
  const signal = AbortSignal.any([settled.signal, AbortSignal.timeout(START_WITHIN_MS)])
  try {
    return await Promise.race([
      // Only the tether sends messages.
      once(child, 'message', { signal }).then(([message]) => message as Listening),
      once(child, 'exit', { signal }).then(() => undefined),
    ])
  } catch {
    return undefined
  } finally {
    settled.abort()
  }
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer()
  try {
    server.listen(port, HOST)
    await once(server, 'listening')
    server.close()
    await once(server, 'close')
    return true
  } catch {
    return false
  }
}

async function endOf(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n')
  return lines.slice(-15).join('\n')
}
