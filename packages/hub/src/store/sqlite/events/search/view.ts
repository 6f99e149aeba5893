import type { ReadResource } from '@sightline/otlp'
import { VALUE } from '@sightline/otlp'

import type { StoredAttributeTable, StoredLists } from '../blocks/attributes.ts'
import { isText } from '../blocks/attributes.ts'
import type { LogBlock } from '../blocks/log-block.ts'
import { lazily } from '../blocks/shared-block.ts'
import type { SpanBlock } from '../blocks/span-block.ts'
import type { StoredStrings } from '../blocks/strings.ts'

/** A block as conditions see it. What only some conditions need is read by a call. */
export interface View {
  readonly rows: number
  readonly strings: StoredStrings
  readonly attributes: StoredAttributeTable
  /** The attributes of each row. */
  readonly lists: StoredLists
  /** The attributes of each row's events. */
  readonly events: () =>
    | { readonly rowOffsets: Uint32Array; readonly lists: StoredLists; readonly names: Float64Array }
    | undefined
  /** Numbers of the texts of the resources. */
  readonly resource: Float64Array
  resourceOf(number: number): ReadResource
  /** Columns of numbers of strings that a search for words looks at. -1 is none. */
  readonly texts: readonly Float64Array[]
  readonly ids: () => {
    readonly trace: Float64Array
    readonly traces: Uint8Array
    readonly spanIds: Uint8Array
  }
  /** What only spans have. */
  readonly span?: SpanBlock
  /** What only log records have. */
  readonly log?: LogBlock
}

/** Sections are read when a condition needs them. */
export function spanView(block: SpanBlock): View {
  return {
    rows: block.rows,
    get strings() {
      return block.main().strings
    },
    get attributes() {
      return block.main().attributes
    },
    get lists() {
      return block.main().lists
    },
    get resource() {
      return block.main().resource
    },
    get texts() {
      return [block.main().name, block.main().statusMessage]
    },
    events: lazily(() => {
      const { events } = block.more()
      return { rowOffsets: events.offsets, lists: events.lists, names: events.name }
    }),
    resourceOf: (number) => block.resource(number),
    ids: block.ids,
    span: block,
  }
}

export function logView(block: LogBlock): View {
  return {
    rows: block.rows,
    get strings() {
      return block.main().strings
    },
    get attributes() {
      return block.main().attributes
    },
    get lists() {
      return block.main().lists
    },
    get resource() {
      return block.main().resource
    },
    get texts() {
      return [bodiesOf(block), block.main().eventName]
    },
    events: () => undefined,
    resourceOf: (number) => block.resource(number),
    ids: block.ids,
    log: block,
  }
}

/** Numbers of the strings of bodies, -1 for bodies that have no words. */
function bodiesOf(block: LogBlock): Float64Array {
  const { body, bodyType } = block.main()
  return body.map((value, row) => {
    const type = bodyType[row] ?? 0
    return isText(type) && type !== VALUE.bytes ? value : -1
  })
}
