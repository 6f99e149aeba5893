import { rmSync, writeFileSync } from 'node:fs'
import { readFile, stat, unlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { crc32 } from 'node:zlib'

import { codeOf } from './error-code.ts'
import { claim } from './owner.ts'
import { Parcel } from './parcel.ts'

/** Files that keep parcels beyond the life of the process, one file per parcel. */
export interface Spool {
  /** Disk space in use, in full disk blocks. */
  readonly bytes: number
  /** Takes over the files of dead processes, oldest first. */
  adopt(): Promise<Parcel[]>
  /** Writes a parcel to its own file. Rejects when the disk fails. */
  store(parcel: Parcel): Promise<void>
  /** The synchronous variant, for the exit of the process. */
  storeNow(parcel: Parcel): void
  /**
   * Reads the items of a parcel. Damaged or missing items are left out.
   *
   * @throws when the process has too many open files: a later attempt may work
   */
  read(parcel: Parcel): Promise<ReadonlyArray<readonly [item: Uint8Array, count: number]>>
  /** Deletes a parcel's file. */
  remove(parcel: Parcel): void
  /** Leaves the files to the next process. */
  close(): void
}

/**
 * A file name holds the age and the contents of its parcel, so that only parcels about to be sent are read.
 */
const FILE_NAME = /^([vo])-([0-9a-z]+)-([0-9a-z]+)-([0-9a-f]+)-(\d+)-(\d+)\.parcel$/
/** Length, count and checksum of an item, as 32-bit numbers. */
const RECORD_HEAD = 12
/** The usual allocation unit of a file system. */
const DISK_BLOCK = 4_096

/**
 * Creates the spool of one destination and signal.
 *
 * @param directory Shared by all processes for this destination and signal
 * @throws when the directory cannot be created
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
        // Removes a partial file: a full disk needs the space.
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
      // The process may exit before the unlink is done. The next process would deliver these items again.
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

/** The items of a file, up to its end or to the first damaged one. */
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
