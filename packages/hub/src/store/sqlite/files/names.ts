import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** A segment file of events. */
export interface SegmentName {
  /** The file without its folder: names of one folder sort by the time of their first commit. */
  readonly file: string
  readonly path: string
  /** Milliseconds since 1970: when the file was begun. */
  readonly begun: number
  /** Number of the ingest thread that writes it. */
  readonly writer: number
}

const NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})-(\d+)\.db$/

/** The name of the segment that `writer` begins at `begun`, such as `20261104T120000123-0.db`. */
export function segmentName(folder: string, begun: number, writer: number): SegmentName {
  const file = `${new Date(begun).toISOString().replaceAll(/[-:.Z]/g, '')}-${writer}.db`
  return { file, path: join(folder, file), begun, writer }
}

/** The segment of a file, or `undefined` where the file is something else. */
function readSegmentName(folder: string, file: string): SegmentName | undefined {
  const match = NAME.exec(file)
  if (!match) return undefined
  const [, year, month, day, hour, minute, second, ms, writer] = match
  const begun = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`)
  return Number.isNaN(begun) ? undefined : { file, path: join(folder, file), begun, writer: Number(writer) }
}

/** All segments of a folder, oldest first. None where the folder is missing. */
export function listSegments(folder: string): SegmentName[] {
  const segments: SegmentName[] = []
  for (const file of filesOf(folder)) {
    const segment = readSegmentName(folder, file)
    if (segment) segments.push(segment)
  }
  return segments.toSorted((a, b) => (a.file < b.file ? -1 : 1))
}

/** The files of a folder. None where the folder is missing. */
export function filesOf(folder: string): string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}

/** Whether an error of the file system says that a file is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT'
}
