import { constants, fstatSync, openSync, type Stats } from 'node:fs'
import { isatty } from 'node:tty'
import { isMainThread } from 'node:worker_threads'

/** Why an output accepts nothing: its reader is slow, it has no reader, or it fails (a full disk). */
export type Obstacle = 'slow_reader' | 'no_reader' | 'write_error'

/** An open standard output or standard error. */
export interface Output {
  readonly fd: number
  /** Number of characters worth batching into one system call. 0: each line is written at once. */
  readonly gathers: number
  /** Maximum size of an atomic write, in bytes, even with other writers. */
  readonly whole: number
}

/** For a pipe on Linux. POSIX requires 512: https://man7.org/linux/man-pages/man7/pipe.7.html */
const PIPE_BUF = 4_096
/** Linux buffers a socket write of up to 32 KB separately, and writes to a file in order. */
const LONG_WRITE = 16_384

const STREAMS = { 1: 'stdout', 2: 'stderr' } as const

/**
 * Opens standard output (1) or standard error (2) for non-blocking writes: a write fails with `EAGAIN` when
 * the reader is slow. Never throws: an output that cannot be opened fails when it is written to.
 */
export function openOutput(fd: 1 | 2): Output {
  const kind = kindOf(fd)
  const isTerminal = isatty(fd)
  const whole = kind?.isFIFO() ? PIPE_BUF : LONG_WRITE
  return {
    fd: isTerminal || kind?.isFIFO() || kind?.isSocket() ? withoutWaiting(fd) : fd,
    // At a terminal, lines must keep their order with `console.log`. In a worker nothing may be buffered: the
    // main thread ends its workers without an `exit` event.
    gathers: isTerminal || !isMainThread ? 0 : LONG_WRITE,
    whole,
  }
}

/** Whether both lead to the same file, pipe or terminal: `2>&1`. */
export function isSameOutput(one: number, other: number): boolean {
  const [a, b] = [kindOf(one), kindOf(other)]
  return a !== undefined && b !== undefined && a.ino === b.ino && a.dev === b.dev
}

/** The obstacle behind a write error. */
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
 * Pipes and terminals are opened again, since non-blocking mode is shared by all processes that inherited the
 * descriptor, and other programs do not expect a change. If that fails, node's stream is used, which makes
 * pipes and sockets non-blocking: for sockets (which node gives its children), pipes of another owner (a
 * container's, if the service is not root), and systems without /proc. Only a terminal blocks in this case,
 * as it does for every program.
 *
 * A worker thread has another kind of stream, but the main thread has already made its own: node does so when
 * it creates a worker.
 */
function withoutWaiting(fd: 1 | 2): number {
  try {
    return openSync(`/proc/self/fd/${fd}`, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  } catch {
    void process[STREAMS[fd]]
    return fd
  }
}
