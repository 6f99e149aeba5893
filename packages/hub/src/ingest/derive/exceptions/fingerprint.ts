import { hash } from 'node:crypto'

import { applicationFrames } from './frames.ts'
import { withoutValues } from './message.ts'

/** Grows when the algorithm changes, since errors then fall into other groups. */
const VERSION = 1
const MAX_FRAMES = 3
/** Fingerprints that are remembered. */
const REMEMBERED = 2_000

/**
 * The fingerprint of an exception, such as `1-3f2a91c04b7de865`: the version of the algorithm and the first 16 hexadecimal digits of
 * the SHA-256 hash of
 *
 * 1. the type,
 * 2. the message without values (see {@link withoutValues}),
 * 3. the function and the file of the 3 top frames of the application (see {@link applicationFrames}),
 *
 * each on a line of its own. So errors are in one group although their ids, line numbers and folders differ, and although libraries
 * are upgraded.
 *
 * Limits: a renamed function or file, and a reworded message, begin a new group. Frames of minified code have no reliable names, so
 * only their file counts there, and a bundle makes one file of all. A stack of libraries alone groups by type and message. Two errors
 * that differ only in quoted names (`Cannot read properties of undefined (reading 'id')`) are told apart by their frames. Messages
 * count up to their 1,000th character.
 */
export function fingerprintOf(type: string, message: string, stack: string): string {
  const frames = applicationFrames(stack, MAX_FRAMES).map((frame) => `${frame.function} ${frame.file}`)
  const text = [type, withoutValues(message), ...frames].join('\n')
  return `${VERSION}-${hash('sha256', text, 'hex').slice(0, 16)}`
}

/** {@link fingerprintOf}, which remembers the answers for the errors that repeat. */
export function createFingerprints(): typeof fingerprintOf {
  const known = new Map<string, string>()
  return (type, message, stack) => {
    const key = `${type}\n${message}\n${stack}`
    const found = known.get(key)
    if (found !== undefined) return found
    const fingerprint = fingerprintOf(type, message, stack)
    if (known.size >= REMEMBERED) known.clear()
    known.set(key, fingerprint)
    return fingerprint
  }
}
