import { describe, expect, it } from '@jest/globals'

import { ByteTable, type Bounds, type Bytes } from '../../src/read/interning/byte-table.ts'
import { Recent } from '../../src/read/interning/recent.ts'

const BOUNDS: Bounds = { entries: 64, bytes: 65_536, longest: 100 }

function bytesOf(text: string): Bytes {
  const bytes = Buffer.from(text)
  return { bytes, view: new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength) }
}

/** The object for a text: one that holds the text. */
function read(
  table: ByteTable<{ text: string }>,
  text: string,
): { readonly index: number; readonly isNew: boolean } {
  const source = bytesOf(text)
  const end = source.bytes.length
  const index = table.find(source, 0, end)
  return index >= 0 ? { index, isNew: false } : { index: table.add(source, 0, end, { text }), isNew: true }
}

describe('a table of objects by their bytes', () => {
  it('finds what it has, in the same call and in later ones, whatever the length', () => {
    const table = new ByteTable<{ text: string }>(BOUNDS)
    const texts = Array.from({ length: 40 }, (_, length) => 'abcdefghij'.repeat(4).slice(0, length))
    let first = table.begin()
    for (const text of texts) expect(read(table, text).isNew).toBe(true)
    for (const [index, text] of texts.entries()) expect(read(table, text)).toEqual({ index, isNew: false })
    const objects = first
    first = table.begin()
    for (const text of texts.toReversed()) expect(read(table, text).isNew).toBe(false)
    expect(first).toEqual(objects.toReversed())
    expect(first[0]).toBe(objects.at(-1))
  })

  it('tells texts apart that differ in one byte', () => {
    const table = new ByteTable<{ text: string }>(BOUNDS)
    const list = table.begin()
    const texts = Array.from({ length: 30 }, (_, index) => `${'x'.repeat(index)}y${'x'.repeat(29 - index)}`)
    for (const text of texts) read(table, text)
    for (const text of texts) expect(list[read(table, text).index]?.text).toBe(text)
  })

  it.each<[string, Bounds]>([
    ['objects', { entries: 16, bytes: 65_536, longest: 100 }],
    ['bytes', { entries: 1_024, bytes: 256, longest: 32 }],
    ['bytes of one key', { entries: 64, bytes: 65_536, longest: 4 }],
  ])('gives every text its object where it may not hold all: %s', (_, bounds) => {
    const table = new ByteTable<{ text: string }>(bounds)
    const texts = Array.from({ length: 500 }, (_none, index) => `text ${index % 100}`)
    for (let call = 0; call < 4; call++) {
      const list = table.begin()
      for (const text of texts) expect(list[read(table, text).index]?.text).toBe(text)
    }
  })

  it('forgets everything once it is full', () => {
    const table = new ByteTable<{ text: string }>({ ...BOUNDS, entries: 2 })
    table.begin()
    for (const text of ['a', 'b']) read(table, text)
    table.begin()
    expect(read(table, 'a').isNew).toBe(true)
    expect(read(table, 'a').isNew).toBe(false)
  })

  it('may keep only what comes a second time', () => {
    const table = new ByteTable<{ text: string }>({ ...BOUNDS, onlyRepeated: true })
    table.begin()
    expect(['a', 'a', 'a', 'b'].map((text) => read(table, text).isNew)).toEqual([true, true, false, true])
  })
})

describe('the most recently used objects', () => {
  it('are the same ones as long as they are used', () => {
    const recent = new Recent<object>(8, 1_000)
    const used = recent.get('used', () => ({}))
    const unused = recent.get('unused', () => ({}))
    for (let index = 0; index < 100; index++) {
      recent.get(`other ${index}`, () => ({}))
      expect(recent.get('used', () => ({}))).toBe(used)
    }
    expect(recent.get('unused', () => ({}))).not.toBe(unused)
  })

  it('are fewer where their keys are long', () => {
    const recent = new Recent<object>(1_000, 200)
    const long = (index: number): object => recent.get(`${index}`.padStart(60, 'x'), () => ({}))
    const objects = [0, 1, 2, 3, 4, 5].map(long)
    expect(long(5)).toBe(objects[5])
    expect(long(0)).not.toBe(objects[0])
  })
})
