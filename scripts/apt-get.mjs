import { spawnSync } from 'node:child_process'

/** Maximum wait for another program, such as a fresh machine's automatic upgrades, to release apt's locks. */
const LONGEST_WAIT_SECONDS = 600
const LOOK_EVERY_SECONDS = 2

/** apt-get's message about a lock of dpkg, of its lists or of its downloads. */
const LOCKED = /(?:Could not get lock|Unable to acquire|Unable to lock) .*/

/**
 * Runs apt-get, and waits for locks held by other programs, with a message. apt-get itself can only wait for
 * dpkg's lock, not for that of its lists, so a locked run is retried.
 *
 * @param {readonly string[]} args
 * @param {{ longest?: number, say?: (sentence: string) => void }} [options] `longest`: seconds to wait for a
 * lock
 * @throws {Error} apt-get's output, if it fails for another reason, or if a lock is held for longer
 */
export function aptGet(args, { longest = LONGEST_WAIT_SECONDS, say = console.log } = {}) {
  const end = Date.now() + longest * 1_000
  let isWaiting = false
  for (;;) {
    const { status, error, stderr } = spawnSync(
      'apt-get',
      ['-q', '-o', `DPkg::Lock::Timeout=${LOOK_EVERY_SECONDS}`, ...args],
      {
        stdio: ['ignore', 'ignore', 'pipe'],
        encoding: 'utf8',
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' },
      },
    )
    if (error) throw error
    if (status === 0) return
    const locked = LOCKED.exec(stderr)
    if (!locked || Date.now() > end) throw new Error(stderr.trim() || `it has ended with ${status}`)
    if (!isWaiting) say(`> Waiting up to ${longest} s for another program: ${locked[0]}`)
    isWaiting = true
    sleep(LOOK_EVERY_SECONDS)
  }
}

function sleep(seconds) {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, seconds * 1_000)
}
