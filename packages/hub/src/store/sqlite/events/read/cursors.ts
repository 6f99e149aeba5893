/** A place in an order of rows: by time (or duration), then file, then row. */
export interface Place {
  /** Nanoseconds since 1970. */
  readonly time: bigint
  readonly file: string
  /** Number of the row in its file. */
  readonly row: number
}

/** `l`, the time, the row and the file. */
export function logCursor({ time, file, row }: Place): string {
  return `l.${time}.${row}.${file}`
}

/** The place of a cursor, or `undefined` where it is not one. */
export function readLogCursor(cursor: string): Place | undefined {
  const match = /^l\.(\d{1,20})\.(\d{1,15})\.([\w.-]*)$/.exec(cursor)
  return match ? { time: BigInt(match[1] ?? 0), row: Number(match[2]), file: match[3] ?? '' } : undefined
}

/** Negative where `a` is before `b`. */
export function comparePlaces(a: Place, b: Place): number {
  if (a.time !== b.time) return a.time < b.time ? -1 : 1
  if (a.file !== b.file) return a.file < b.file ? -1 : 1
  return a.row - b.row
}

/** How far a live tail has come: for each writer, its newest file and the number of the next row there. */
export type TailPositions = ReadonlyMap<number, { readonly file: string; readonly next: number }>

/** `t`, and for each writer its number, the next row and the file. */
export function tailCursor(positions: TailPositions): string {
  return ['t', ...[...positions].map(([writer, { file, next }]) => `${writer}.${next}.${file}`)].join('~')
}

/** The positions of a tail's cursor, or `undefined` where it is not one. */
export function readTailCursor(cursor: string): TailPositions | undefined {
  const [kind, ...parts] = cursor.split('~')
  if (kind !== 't') return undefined
  const positions = new Map<number, { file: string; next: number }>()
  for (const part of parts) {
    const match = /^(\d{1,9})\.(\d{1,15})\.([\w.-]+)$/.exec(part)
    if (!match) return undefined
    positions.set(Number(match[1]), { file: match[3] ?? '', next: Number(match[2]) })
  }
  return positions
}
