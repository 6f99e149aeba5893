import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

/** Starts the demo in its own process. */
export function startDemo(...args: string[]) {
  return startDemoWith({}, ...args)
}

/** The same with additional environment variables. */
export function startDemoWith(variables: Readonly<Record<string, string>>, ...args: string[]) {
  const child = spawn(process.execPath, ['--conditions=@sightline/source', main, ...args], {
    env: { ...process.env, NO_COLOR: '1', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let output = ''
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (output += piece))
  const errors = text(child.stderr)
  const exit = once(child, 'exit') as Promise<[code: number | null, signal: string | null]>

  return {
    child,
    /** Waits for output that matches, and returns the match. */
    async printed(pattern: RegExp): Promise<RegExpExecArray> {
      for (;;) {
        const found = pattern.exec(output)
        if (found) return found
        const ended = await Promise.race([
          once(child.stdout, 'data').then(() => false),
          exit.then(() => true),
        ])
        if (ended) throw new Error(`the demo never printed ${String(pattern)}:\n${output}\n${await errors}`)
      }
    },
    /** Waits for the end of the demo. */
    async ended() {
      const [code, signal] = await exit
      return { code, signal, output, errors: await errors }
    },
  }
}

/** The address, log and name of each service in the demo's output. */
export const SERVICE_LINE = /^(storefront|orders|payments) .*?(http:\/\/127\.0\.0\.1:\d+) .* (\/\S+\.log)$/gm
