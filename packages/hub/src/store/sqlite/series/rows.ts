import type { SQLOutputValue } from 'node:sqlite'

/** A row of a query. */
export type Row = Record<string, SQLOutputValue>

/** An integer column. The tables hold none that a double cannot. */
export function numberOf(row: Row | undefined, column: string): number {
  const value = row?.[column]
  return typeof value === 'number' ? value : 0
}

/** A text column. */
export function textOf(row: Row | undefined, column: string): string {
  const value = row?.[column]
  return typeof value === 'string' ? value : ''
}

const NOTHING = new Uint8Array(0)

/** A blob column. */
export function bytesOf(row: Row | undefined, column: string): Uint8Array {
  const value = row?.[column]
  return value instanceof Uint8Array ? value : NOTHING
}
