import { rmSync, writeFileSync } from 'node:fs'
import { readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { crc32 } from 'node:zlib'

import { codeOf } from './error-code.ts'
import { claim } from './owner.ts'
import { Parcel } from './parcel.ts'

/** The files in which parcels outlive their process, one each. */
export interface Spool {
  /** Bytes on disk, in the system's blocks. */
  readonly bytes: number
  /** Takes over what dead processes have left, oldest first. */
  adopt(): Promise<Parcel[]>
  /** Writes a parcel to a file of its own. Throws where the disk does not take it. */
  store(parcel: Parcel): Promise<void>
  /** The same, at once: for the end of the process. */
  storeNow(parcel: Parcel): void
  /**
   * Reads the items of a parcel. What is torn, damaged or gone is not among them.
   *
   * @throws where the process has too many files open: it may be read later
   */
  read(parcel: Parcel): Promise<ReadonlyArray<readonly [item: Uint8Array, count: number]>>
  /** Deletes a parcel's file. */
  remove(parcel: Parcel): void
  /** Leaves what is there to the next process. */
  close(): void
}

/** A parcel's file says in its name how old it is and what it holds, so that none has to be read before its turn. */
const FILE_NAME = /^([vo])-([0-9a-z]+)-([0-9a-z]+)-([0-9a-f]+)-(\d+)-(\d+)\.parcel$/
/** Length, count and checksum of an item, as 32-bit numbers. */
const RECORD_HEAD = 12
/** Space is given to files in blocks of this size, as a rule. */
const DISK_BLOCK = 4_096

/**
 * Makes the spool of one destination and signal.
 *
 * @param directory Where all processes keep what is for this destination and signal
 * @throws where the directory cannot be made
 */
export function createSpool(directory: string, failed: (error: unknown) => void): Spool {
  const owner = claim(directory, failed)
  const run = owner.path.slice(-12)
  const sizes = new Map<string, number>()
  /** Files that are being written or deleted. */
  const unfinished = new Set<string>()
  let bytes = 0
  let number = 0

  const pathOf = (file: string) => join(owner.path, file)
  function fileOf(parcel: Parcel): { file: string; records: Buffer } {
    const { valuable, count, length } = parcel
    const age = `${Date.now().toString(36)}-${(number++).toString(36).padStart(6, '0')}`
    const file = `${valuable ? 'v' : 'o'}-${age}-${run}-${count}-${length}.parcel`
    return { file, records: recordsOf(parcel) }
  }
  function note(parcel: Parcel, file: string, size: number): void {
    const onDisk = Math.ceil(size / DISK_BLOCK) * DISK_BLOCK
    sizes.set(file, onDisk)
    bytes += onDisk
    parcel.file = file
  }
  function forget(file: string): void {
    bytes -= sizes.get(file) ?? 0
    sizes.delete(file)
  }

  return {
    get bytes() {
      return bytes
    },
    async adopt() {
      const parcels: Parcel[] = []
      for (const file of await owner.inherit()) {
        const [, kind, , , , count, length] = FILE_NAME.exec(file) ?? []
        if (kind === undefined) continue
        const size = await stat(pathOf(file)).then(
          (found) => found.size,
          () => 0,
        )
        const payload = Math.max(0, size - Number(length) * RECORD_HEAD)
        const holds = {
          valuable: kind === 'v',
          count: Number(count),
          length: Number(length),
          size: payload,
        }
        const parcel = Parcel.stored(holds, performance.now())
        note(parcel, file, size)
        parcels.push(parcel)
      }
      return parcels
    },
    async store(parcel) {
      const { file, records } = fileOf(parcel)
      const path = pathOf(file)
      unfinished.add(path)
      try {
        await writeFile(path, records, { flag: 'wx' })
        note(parcel, file, records.length)
      } catch (error) {
        // A part of it may be there: a full disk needs every byte.
        rmSync(path, { force: true })
        throw error
      } finally {
        unfinished.delete(path)
      }
    },
    storeNow(parcel) {
      const { file, records } = fileOf(parcel)
      try {
        writeFileSync(pathOf(file), records, { flag: 'wx' })
      } catch (error) {
        rmSync(pathOf(file), { force: true })
        throw error
      }
      note(parcel, file, records.length)
    },
    async read({ file = '' }) {
      try {
        return entriesOf(await readFile(pathOf(file)))
      } catch (error) {
        if (/^E[MN]FILE$/.test(codeOf(error))) throw error
        return []
      }
    },
    remove(parcel) {
      if (parcel.file === undefined) return
      forget(parcel.file)
      const path = pathOf(parcel.file)
      parcel.file = undefined
      unfinished.add(path)
      void unlink(path)
        .catch(() => undefined)
        .then(() => unfinished.delete(path))
    },
    close() {
      // The process may end in the middle of it, and the next one would deliver them again.
      for (const path of unfinished) rmSync(path, { force: true })
      owner.leave()
    },
  }
}

function recordsOf(parcel: Parcel): Buffer {
  const records = Buffer.allocUnsafe(parcel.size + parcel.length * RECORD_HEAD)
  let at = 0
  for (const [item, count] of parcel.counted()) {
    records.writeUInt32LE(item.length, at)
    records.writeUInt32LE(count, at + 4)
    records.set(item, at + RECORD_HEAD)
    records.writeUInt32LE(crc32(item, crc32(records.subarray(at, at + 8))), at + 8)
    at += RECORD_HEAD + item.length
  }
  return records
}

/** The items of a file up to its end, or to where it is torn or damaged. */
function entriesOf(records: Buffer): Array<[item: Uint8Array, count: number]> {
  const entries: Array<[Uint8Array, number]> = []
  let at = 0
  while (at + RECORD_HEAD <= records.length) {
    const length = records.readUInt32LE(at)
    const end = at + RECORD_HEAD + length
    if (end > records.length) break
    const item = records.subarray(at + RECORD_HEAD, end)
    if (crc32(item, crc32(records.subarray(at, at + 8))) !== records.readUInt32LE(at + 8)) break
    entries.push([item, records.readUInt32LE(at + 4)])
    at = end
  }
  return entries
}
