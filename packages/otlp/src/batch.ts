import { putVarint, varintSize } from './bytes.ts'
import { toolsOf } from './encoder.ts'
import { ENVELOPE, ENVELOPES, RESOURCE } from './fields.ts'
import type { Attributes } from './values.ts'
import type { Encoding } from './writer.ts'

export type Signal = 'traces' | 'metrics' | 'logs'

/** The body of one export request and its media type. */
export interface BatchBody {
  readonly body: Uint8Array
  readonly type: 'application/x-protobuf' | 'application/json'
}

/** The origin and encoding of a batch. */
export interface BatchOptions {
  readonly signal: Signal
  readonly encoding?: Encoding | undefined
  /** Attributes of the service and its process: `service.name`, `service.version`, `host.name`, … */
  readonly resource: Attributes
}

/** Tags of `Export…ServiceRequest.resource_…` and `Resource….scope_…`. A length follows each. */
const RESOURCES_TAG = 0x0a
const SCOPES_TAG = 0x12
const LINE_BREAK = 0x0a

/**
 * Creates a function that joins the entries of one signal (made by {@link createSpanEncoder} and the like)
 * into the body of an export request. Entries of the same scope are grouped, in their original order.
 */
export function createBatchEncoder({
  signal,
  encoding = 'protobuf',
  resource,
}: BatchOptions): (entries: readonly Uint8Array[]) => BatchBody {
  const json = encoding === 'json'
  const head = resourceHead(encoding, resource, json ? jsonScopeEnd : protobufScopeEnd)
  return json
    ? (entries) => ({ body: jsonBody(head, ENVELOPES[signal], entries), type: 'application/json' })
    : (entries) => ({ body: protobufBody(head, entries), type: 'application/x-protobuf' })
}

function protobufBody(resource: Uint8Array, entries: readonly Uint8Array[]): Uint8Array {
  const pieces: Uint8Array[] = []
  let size = resource.length
  for (const { scope, own } of groupsOf(entries, protobufScopeEnd)) {
    const groupSize = own.reduce((sum, entry) => sum + entry.length, scope.length)
    const head = delimited(SCOPES_TAG, groupSize)
    pieces.push(head, scope, ...own)
    size += head.length + groupSize
  }
  return Buffer.concat([delimited(RESOURCES_TAG, size), resource, ...pieces])
}

function jsonBody(
  resource: Uint8Array,
  { resources, scopes, entries: list }: (typeof ENVELOPES)[Signal],
  entries: readonly Uint8Array[],
): Uint8Array {
  const pieces: Uint8Array[] = [
    Buffer.from(`{"${resources.name}":[{`),
    resource,
    Buffer.from(`,"${scopes.name}":[`),
  ]
  const comma = Buffer.from(',')
  const end = Buffer.from(']}')
  for (const [index, { scope, own }] of groupsOf(entries, jsonScopeEnd).entries()) {
    if (index > 0) pieces.push(comma)
    pieces.push(Buffer.from('{'), scope, Buffer.from(`,"${list.name}":[`))
    // The line break between a scope and its entry is valid JSON white space.
    for (const [place, entry] of own.entries()) pieces.push(...(place > 0 ? [comma, entry] : [entry]))
    pieces.push(end)
  }
  return Buffer.concat([...pieces, Buffer.from(']}]}')])
}

/** Entries of one scope, with the scope cut off. */
interface Group {
  readonly scope: Uint8Array
  readonly own: Uint8Array[]
}

function groupsOf(entries: readonly Uint8Array[], scopeEnd: (entry: Uint8Array) => number): Group[] {
  const groups: Group[] = []
  let group: Group | undefined
  for (const entry of entries) {
    const end = scopeEnd(entry)
    const scope = entry.subarray(0, end)
    // Most entries have the scope of the previous one.
    if (group === undefined || Buffer.compare(group.scope, scope) !== 0) {
      group = groups.find((known) => Buffer.compare(known.scope, scope) === 0)
      if (group === undefined) groups.push((group = { scope, own: [] }))
    }
    group.own.push(entry.subarray(end))
  }
  return groups
}

/** An entry begins with its scope: a tag, a length and that number of bytes. */
function protobufScopeEnd(entry: Uint8Array): number {
  let size = 0
  let at = 1
  for (let shift = 0; at < 6; shift += 7) {
    const byte = entry[at++] ?? 0
    size |= (byte & 127) << shift
    if (byte < 128) break
  }
  return at + size
}

function jsonScopeEnd(entry: Uint8Array): number {
  return entry.indexOf(LINE_BREAK)
}

/**
 * The encoded resource at the start of each batch. It is written in the place of a scope and cut out from
 * there.
 */
function resourceHead(
  encoding: Encoding,
  attributes: Attributes,
  end: (entry: Uint8Array) => number,
): Uint8Array {
  const { writer, values } = toolsOf({ encoding })
  writer.begin(() => {
    writer.open(ENVELOPE.resource)
    values.attributes(RESOURCE.attributes, attributes)
    writer.close()
  })
  const entry = writer.finish()
  return entry.subarray(0, end(entry))
}

function delimited(tag: number, size: number): Uint8Array {
  const head = Buffer.alloc(1 + varintSize(size), tag)
  putVarint(head, 1, size)
  return head
}
