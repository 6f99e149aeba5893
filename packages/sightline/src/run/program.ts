import { spawn } from 'node:child_process'
import { constants } from 'node:os'

/** Signals that are passed on to the program. */
const SIGNALS = ['SIGTERM', 'SIGHUP', 'SIGUSR2', 'SIGINT', 'SIGQUIT'] as const
/** A terminal sends these to its whole foreground group: the program has them already. */
const FROM_TERMINAL: ReadonlySet<string> = new Set(['SIGINT', 'SIGQUIT'])

/**
 * Runs a program in the foreground, and resolves with its exit code: 128 and the number of the signal that ended it, 127 if it does not
 * exist, 126 if it cannot be executed, as a shell says it.
 */
export async function runProgram(
  [command = '', ...args]: readonly string[],
  env: NodeJS.ProcessEnv,
  err: { write(text: string): unknown },
): Promise<number> {
  const child = spawn(command, args, { env, stdio: 'inherit' })
  const isInTerminal = process.stdin.isTTY === true
  const handlers = SIGNALS.map((signal) => {
    const pass = () => {
      if (!(isInTerminal && FROM_TERMINAL.has(signal))) child.kill(signal)
    }
    // Also keeps the signal from ending this process, which must outlive the program.
    process.on(signal, pass)
    return [signal, pass] as const
  })
  try {
    return await new Promise<number>((resolve) => {
      child.once('exit', (code, signal) =>
        resolve(signal === null ? (code ?? 1) : 128 + constants.signals[signal]),
      )
      child.once('error', (error: NodeJS.ErrnoException) => {
        err.write(`sightline: ${command} cannot be run: ${error.message}\n`)
        resolve(error.code === 'ENOENT' ? 127 : 126)
      })
    })
  } finally {
    for (const [signal, pass] of handlers) process.off(signal, pass)
  }
}
