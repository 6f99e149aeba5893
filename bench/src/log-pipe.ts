import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A pipe for a service's standard output, with a reader process. */
export interface LogPipe {
  /** The descriptor for the service. */
  readonly fd: number
  /** The first line with the marker. Resolves to `undefined` at the close if there was none. */
  readonly marked: Promise<string | undefined>
  /** Closes our end: the reader ends with the last writer. */
  close(): Promise<void>
}

/**
 * Creates a pipe whose reader finds one line with the marker and discards the rest. It is a real pipe, like
 * that of a container runtime or `| jq`: writes to /dev/null would be free, and node's own `pipe` is a
 * socket.
 */
export function logPipe(marker: string): LogPipe {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'))
  const path = join(folder, 'log')
  execFileSync('mkfifo', [path])
  // Opening one end blocks until the other is opened, except while both are held. The ends need separate file
  // descriptions: node makes its output non-blocking, and grep and cat cannot read from a non-blocking input.
  const both = openSync(path, 'r+')
  const input = openSync(path, 'r')
  const fd = openSync(path, 'w')
  closeSync(both)
  rmSync(folder, { recursive: true })

  const script = 'grep --max-count=1 --fixed-strings -- "$1"; exec cat > /dev/null'
  const reader = spawn('sh', ['-c', script, 'sh', marker], {
    stdio: [input, 'pipe', 'inherit'],
  })
  closeSync(input)
  const { stdout } = reader
  if (stdout === null) throw new Error('the reader of a log pipe was started without an output of its own')
  const ended = once(reader, 'exit')

  async function firstLine(lines: AsyncIterable<unknown>): Promise<string | undefined> {
    let text = ''
    for await (const piece of lines) {
      text += String(piece)
      if (text.includes('\n')) return text
    }
    return undefined
  }

  return {
    fd,
    marked: firstLine(stdout),
    async close() {
      closeSync(fd)
      await ended
    },
  }
}
