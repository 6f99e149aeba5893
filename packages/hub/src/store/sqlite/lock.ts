import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** A folder of data that no other hub can use. */
export interface FolderLock {
  release(): void
}

/** A database that stays empty: its lock is one of the system, which ends with the process however that ends. */
const LOCK = 'hub.lock'
/** For the message only: process ids are used again, and differ between containers. */
const OWNER = 'hub.pid'

/**
 * Takes a folder for this hub, and creates it if it does not exist. A lock of a killed process does not remain.
 *
 * @throws {Error} one sentence, if another hub uses the folder; an error of the system if it cannot be written
 */
export function lockFolder(folder: string): FolderLock {
  mkdirSync(folder, { recursive: true })
  // Node.js 22 warns of its SQLite when it is loaded: not before a hub is started.
  const { DatabaseSync } = process.getBuiltinModule('node:sqlite')
  const database = new DatabaseSync(join(folder, LOCK))
  try {
    database.exec('BEGIN EXCLUSIVE')
  } catch {
    database.close()
    throw new Error(
      `The data folder ${folder} is used by another hub${ownerOf(folder)}. A hub needs a folder of its own.`,
    )
  }
  writeFileSync(join(folder, OWNER), `${process.pid}\n`)
  return { release: () => database.close() }
}

function ownerOf(folder: string): string {
  try {
    const pid = readFileSync(join(folder, OWNER), 'utf8').trim()
    return /^\d{1,10}$/.test(pid) ? ` (process ${pid})` : ''
  } catch {
    return ''
  }
}
