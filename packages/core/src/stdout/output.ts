import { constants, fstatSync, openSync, type Stats } from 'node:fs'
import { isatty } from 'node:tty'
import { isMainThread } from 'node:worker_threads'

/** Why an output takes nothing now: its reader is slow, it has none any more, or it fails (a full disk). */
export type Obstacle = 'slow_reader' | 'no_reader' | 'write_error'

/** Standard output or standard error, ready to be written to. */
export interface Output {
  readonly fd: number
  /** How many characters are worth to be gathered for one system call; 0: none, each line goes out at once. */
  readonly gathers: number
  /** Up to how many bytes a write happens as a whole or not at all, whoever else writes there as well. */
  readonly whole: number
}

/** Of a pipe, on Linux; POSIX demands 512: https://man7.org/linux/man-pages/man7/pipe.7.html */
const PIPE_BUF = 4_096
/** Linux gives a socket's write of up to 32 KB a buffer of its own, and writes to a file one after the other. */
const LONG_WRITE = 16_384

const STREAMS = { 1: 'stdout', 2: 'stderr' } as const

/**
 * Opens standard output (1) or standard error (2) in a way that a write fails with `EAGAIN` rather than to wait for the
 * reader. Never throws: what cannot be opened will say so when it is written to.
 */
export function openOutput(fd: 1 | 2): Output {
  const kind = kindOf(fd)
  const isTerminal = isatty(fd)
  const whole = kind?.isFIFO() ? PIPE_BUF : LONG_WRITE
  return {
    fd: isTerminal || kind?.isFIFO() || kind?.isSocket() ? withoutWaiting(fd) : fd,
    // At a terminal lines are to be seen in the order in which they and those of `console.log` were written. And the main
    // thread ends its workers without an `exit` event when it ends itself: nothing may wait there.
    gathers: isTerminal || !isMainThread ? 0 : LONG_WRITE,
    whole,
  }
}

/** Whether both lead to the same file, pipe or terminal: `2>&1`. */
export function isSameOutput(one: number, other: number): boolean {
  const [a, b] = [kindOf(one), kindOf(other)]
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev
}

/** What the error of a write means for the lines that come next. */
export function obstacleOf(error: unknown): Obstacle {
  const { code } = error as NodeJS.ErrnoException
  if (code === 'EAGAIN') return 'slow_reader'
  return code === 'EPIPE' || code === 'ECONNRESET' || code === 'EBADF' ? 'no_reader' : 'write_error'
}

function kindOf(fd: number): Stats | undefined {
  try {
    return fstatSync(fd)
  } catch {
    return undefined
  }
}

/**
 * Pipes and terminals are opened once more: whether a descriptor waits is a property that everybody shares who has
 * inherited it, and other programs do not expect it to change. What cannot be opened again is left to node, which makes
 * pipes and sockets non-blocking when it makes its stream for them: sockets (what node gives its children), pipes that
 * belong to somebody else (a container's, where the service is not root), and systems without /proc. Only a terminal
 * waits there, as it does for everybody.
 *
 * In a worker thread node's stream is another one, but there the main thread has made its own before: node does so when
 * it makes a worker.
 */
function withoutWaiting(fd: 1 | 2): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    void process[STREAMS[fd]]
    return fd
  }
}
