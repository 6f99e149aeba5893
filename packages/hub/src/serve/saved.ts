import { mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

/** What people have saved on the pages, such as the order of a board: texts of JSON by name. */
export interface Saved {
  /** `undefined` where nothing was saved. */
  read(name: string): Promise<string | undefined>
  /** Resolves when it is on disk. The last call of a name wins. */
  write(name: string, json: string): Promise<void>
}

/**
 * Keeps each text as a file in `folder`. A file is replaced as a whole, so that a crash leaves the old one or the new one.
 *
 * @param folder is created at the first write. Names must be safe as names of files
 */
export function createSaved(folder: string): Saved {
  let last: Promise<void> = Promise.resolve()

  async function replace(name: string, json: string): Promise<void> {
    await mkdir(folder, { recursive: true })
    const file = join(folder, `${name}.json`)
    await writeFile(`${file}.new`, json)
    await rename(`${file}.new`, file)
  }

  return {
    async read(name) {
      try {
        return await readFile(join(folder, `${name}.json`), 'utf8')
      } catch (error) {
        if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
        throw error
      }
    },
    write(name, json) {
      const written = last.then(() => replace(name, json))
      last = written.catch(() => undefined)
      return written
    },
  }
}
