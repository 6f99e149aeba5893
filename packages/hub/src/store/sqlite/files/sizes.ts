import { rmSync, statSync } from 'node:fs'

import { companions } from './database.ts'
import { isMissing } from './names.ts'

/** Bytes of a database with its companions. 0 where it is missing. */
export function bytesOf(path: string): number {
  return companions.reduce((sum, companion) => sum + fileBytes(path + companion), 0)
}

/** Removes a database. Readers that have it open can go on. */
export function removeDatabase(path: string): void {
  for (const companion of companions) rmSync(path + companion, { force: true })
}

function fileBytes(path: string): number {
  try {
    return statSync(path).size
  } catch (error) {
    if (isMissing(error)) return 0
    throw error
  }
}
