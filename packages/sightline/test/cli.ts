import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { delimiter, dirname } from 'node:path'
import { fileURLToPath } from 'node:url'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** A `sightline` that runs. */
export interface Cli {
  readonly pid: number | undefined
  /** Standard output and standard error so far. */
  said(): { readonly out: string; readonly err: string }
  /** Resolves with the match when the output has it. Rejects if the process ends without. */
  says(pattern: RegExp): Promise<RegExpExecArray>
  kill(signal: NodeJS.Signals): void
  ended(): Promise<{
    readonly code: number | null
    readonly signal: string | null
    readonly out: string
    readonly err: string
  }>
}

/** Starts `sightline` from its sources, in a process of its own. */
export function startCli(
  args: readonly string[],
  {
    env = {},
    cwd,
    closesOutput = false,
  }: {
    env?: Readonly<Record<string, string>>
    cwd?: string
    /** Closes its standard output with the first bytes, as `head` does. */
    closesOutput?: boolean
  } = {},
): Cli {
  const child = spawn(process.execPath, ['--conditions=@sightline/source', MAIN, ...args], {
    env: { ...ownEnvironment(), ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(cwd !== undefined && { cwd }),
  })
  let out = ''
  let err = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (out += piece))
  child.stderr.setEncoding('utf8').on('data', (piece: string) => (err += piece))
  if (closesOutput) child.stdout.once('data', () => child.stdout.destroy())
  const closed = once(child, 'close') as Promise<[number | null, string | null]>
  return {
    pid: child.pid,
    said: () => ({ out, err }),
    async says(pattern) {
      for (;;) {
        const found = pattern.exec(`${out}\n${err}`)
        if (found !== null) return found
        const isOver = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          once(child.stderr, 'data').then(() => false),
          closed.then(() => true),
        ])
        if (isOver && !pattern.test(`${out}\n${err}`))
          throw new Error(`sightline ended without ${String(pattern)}:\n${out}\n${err}`)
      }
    },
    kill: (signal) => void child.kill(signal),
    async ended() {
      const [code, signal] = await closed
      return { code, signal, out, err }
    },
  }
}

/** Runs `sightline` to its end. */
export function cli(...args: readonly string[]): ReturnType<Cli['ended']> {
  return startCli(args).ended()
}

/** The environment without what would change the outcome. `node` is the one of this process. */
function ownEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(?:SIGHTLINE_|OTEL_|NODE_OPTIONS$|FORCE_COLOR$)/
  const own = Object.entries(process.env).filter(([name]) => !foreign.test(name))
  return {
    ...Object.fromEntries(own),
    PATH: `${dirname(process.execPath)}${delimiter}${process.env['PATH']}`,
  }
}
