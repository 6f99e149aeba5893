import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { text } from 'node:stream/consumers'

/** A line of a service's log. */
type Line = Readonly<Record<string, unknown>>

/** Starts a program, and waits until it reports its address. */
export async function startProgram(file: string) {
  const child = spawn(process.execPath, ['--conditions=@sightline/source', file], {
    env: { ...process.env, PORT: '0', SIGHTLINE_LIFECYCLE: 'true' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const lines: Line[] = []
  const opened = Promise.withResolvers<number>()
  createInterface({ input: child.stdout }).on('line', (written) => {
    const line = JSON.parse(written) as Line
    lines.push(line)
    const { address } = line as { address?: { port?: number } }
    if (address?.port !== undefined) opened.resolve(address.port)
  })
  const errors = text(child.stderr)
  const ended = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  void ended.then(async ([code]) => opened.reject(new Error(`ended with ${code}:\n${await errors}`)))
  const port = await opened.promise

  return {
    url: `http://127.0.0.1:${port}`,
    /** The log lines so far. */
    lines,
    /** Stops it, and waits for its end. */
    async stop() {
      child.kill('SIGTERM')
      const [code, signal] = await ended
      return { code, signal, errors: await errors }
    },
    kill: () => void child.kill('SIGKILL'),
  }
}
