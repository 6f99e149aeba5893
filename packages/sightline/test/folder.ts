import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder for the data of a hub, which is removed at the end. */
export async function temporaryFolder() {
  const path = await mkdtemp(join(tmpdir(), 'sightline-cli-'))
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) }
}
