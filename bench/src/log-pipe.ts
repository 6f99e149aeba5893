import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync, mkdtempSync, openSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A pipe for the standard output of a service, with a reader of its own at the other end. */
export interface LogPipe {
  /** What the service writes to. */
  readonly fd: number
  /** The first line that has the marker in it. Settles with `undefined` at the close, where there was none. */
  readonly marked: Promise<string | undefined>
  /** Closes our end: the reader ends with the last writer. */
  close(): Promise<void>
}

/**
 * Makes a pipe whose reader looks for one line that holds the marker, and throws away all that follows. It is a pipe as
 * a container runtime or `| jq` would give it: /dev/null would cost writers nothing, and node's own `pipe` is a socket.
 */
export function logPipe(marker: string): LogPipe {
  const folder = mkdtempSync(join(tmpdir(), 'sightline-bench-'))
  const path = join(folder, 'log')
  execFileSync('mkfifo', [path])
  // To open one end waits for somebody at the other, but not while both are held. Two descriptions: node makes its
  // output non-blocking, which grep and cat could not read from.
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
