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

/** A service that runs as a process of its own. */
export interface RunningService {
  readonly name: ServiceName
  readonly framework: string
  readonly url: string
  readonly log: KeptLog
  /** Settles when the process has ended and the last of its log is written, with what it ended with. */
  readonly ended: Promise<string>
  /** Asks it to end, waits until it has, and returns what it ended with. */
  stop(): Promise<string>
  /** Ends it at once. */
  kill(): void
}

/** What a service is started with. */
export interface Surroundings {
  readonly logFolder: string
  /** Environment variables besides ours. */
  readonly variables: Readonly<Record<string, string>>
}

const HOST = '127.0.0.1'
const START_WITHIN_MS = 20_000
/** How long a service may take to end gracefully. */
const DEADLINE_MS = 5_000
/** One that is too busy to hear that it should end. */
const STOP_WITHIN_MS = 8_000

/**
 * Starts a service, and waits until it listens.
 *
 * @throws {Error} where it ends before that; the message has the end of its log
 */
export async function startService(plan: ServicePlan, surroundings: Surroundings): Promise<RunningService> {
  const port = (await isFree(plan.port)) ? plan.port : 0
  try {
    return await launch(plan, port, surroundings)
  } catch (error) {
    // Somebody else may have taken the port in between.
    if (port === 0 || (await isFree(port))) throw error
    return launch(plan, 0, surroundings)
  }
}

async function launch(plan: ServicePlan, port: number, { logFolder, variables }: Surroundings) {
  const log = new KeptLog(join(logFolder, `${plan.name}.log`))
  const child = spawnService(plan, log, {
    // The comparison at the end reads every line as JSON, and every access event.
    SIGHTLINE_LOG_PRETTY: 'false',
    SIGHTLINE_LOG_LEVEL: 'info',
    // Also where the demo runs under a test runner.
    SIGHTLINE_LIFECYCLE: 'true',
    SIGHTLINE_SHUTDOWN_DEADLINE: String(DEADLINE_MS),
    HOST,
    PORT: String(port),
    DATABASE_PATH: ':memory:',
    ...variables,
  })
  // Unlike `exit`, `close` comes when all that it has written has been read.
  const ended = once(child, 'close').then(([code, signal]) => {
    log.close()
    return signal ? `by ${signal}` : `with code ${code}`
  })
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
    async stop() {
      child.kill('SIGTERM')
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS)
      const how = await ended
      clearTimeout(timer)
      return how
    },
    kill: () => void child.kill('SIGKILL'),
  } satisfies RunningService
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
    // Ctrl-C goes to a terminal's whole process group, and the services shall outlive the last request.
    detached: true,
  })
  for (const input of [child.stdout, child.stderr]) {
    if (input) createInterface({ input, crlfDelay: Infinity }).on('line', (line) => log.write(line))
  }
  return child
}

/** The environment without settings of Sightline: the summary looks for the numbers where they are by default. */
function foreignVariables(): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('SIGHTLINE_')))
}

/** Where a service listens; `undefined`: it has ended or taken too long. */
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
