import type { Columns, ReadResource, TimeColumn } from '@sightline/otlp'

import { AttributeTable } from './attributes.ts'
import { TraceTable } from './ids.ts'
import { encodeNumbers, NumberColumn } from './numbers.ts'
import type { OriginTexts } from './origins.ts'
import { StringTable } from './strings.ts'

/** The tables of a block that its rows refer to, while it is filled. */
export class BlockTables {
  readonly strings = new StringTable()
  readonly attributes = new AttributeTable()
  readonly traces = new TraceTable()
  readonly resources = new Set<ReadResource>()
  readonly #origins: OriginTexts

  constructor(origins: OriginTexts) {
    this.#origins = origins
  }

  /** Begins to take rows of `columns`. Returns the numbers of the texts of their resources and scopes. */
  from(columns: Columns): { readonly resources: readonly number[]; readonly scopes: readonly number[] } {
    this.strings.from(columns.strings)
    const number = (origin: Parameters<OriginTexts['of']>[0]) => this.strings.intern(this.#origins.of(origin))
    const resources = columns.resources.map(number)
    for (const resource of columns.resources) this.resources.add(resource)
    return { resources, scopes: columns.scopes.map(number) }
  }

  clear(): void {
    this.strings.clear()
    this.attributes.clear()
    this.traces.clear()
    this.resources.clear()
  }
}

/** Columns of numbers by their names. */
export type NumberColumns<Name extends string> = Readonly<Record<Name, NumberColumn>>

export function numberColumns<Name extends string>(names: readonly Name[]): NumberColumns<Name> {
  // Each name has its column.
  return Object.fromEntries(names.map((name) => [name, new NumberColumn()])) as Record<Name, NumberColumn>
}

export function encodeColumns<Name extends string>(
  columns: NumberColumns<Name>,
  names: readonly Name[],
): Uint8Array[] {
  return names.map((name) => encodeNumbers(columns[name]))
}

/** Adds a moment as two numbers: milliseconds after those of `base`, and nanoseconds. */
export function pushTime(ms: NumberColumn, ns: NumberColumn, time: TimeColumn, row: number, base = 0): void {
  ms.push((time.ms[row] ?? 0) - base)
  ns.push(time.ns[row] ?? 0)
}

/** What a block is stored as: its sections, and what its row in the table of blocks says. */
export interface EncodedBlock {
  readonly rows: number
  /** Milliseconds since 1970 of the earliest and the latest row. */
  readonly min: number
  readonly max: number
  /** The longest duration in milliseconds, rounded up, or the highest severity. */
  readonly top: number
  readonly times: Uint8Array
  readonly ids: Uint8Array
  readonly main: Uint8Array
  readonly more: Uint8Array
}

/** The smallest and the largest number of a column. */
export function rangeOf({ values, length }: NumberColumn): { readonly min: number; readonly max: number } {
  let min = Infinity
  let max = -Infinity
  for (let i = 0; i < length; i++) {
    const value = values[i] ?? 0
    if (value < min) min = value
    if (value > max) max = value
  }
  return { min, max }
}
