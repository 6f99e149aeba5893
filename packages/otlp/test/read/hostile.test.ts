import { describe, expect, it } from '@jest/globals'
import { AggregationTemporality } from '@opentelemetry/sdk-metrics'

import type { Signal } from '../../src/batch.ts'
import { createReader, OtlpError } from '../../src/index.ts'
import { ENCODINGS, seeded } from '../entries.ts'
import { readRows } from '../random/compare.ts'
import { sdkLogs, sdkMetrics, sdkSpans } from './sdk.ts'
import { delimited, IDS, message, request, requestOf, varintOf } from './wire.ts'

const SIGNALS: readonly Signal[] = ['traces', 'metrics', 'logs']

describe.each(ENCODINGS)('a reader of %s', (encoding) => {
  const bodies = {
    traces: () => sdkSpans(encoding),
    logs: () => sdkLogs(encoding),
    metrics: () => sdkMetrics(encoding, AggregationTemporality.CUMULATIVE),
  }

  describe.each(SIGNALS)('given %s', (signal) => {
    /** Reads a broken body. Returns the number of rows, or -1 if it was refused. */
    const reader = createReader()
    function read(body: Uint8Array): number {
      try {
        return readRows(reader, signal, body, encoding).rows.length
      } catch (error) {
        if (error instanceof OtlpError && /^[A-Z].*\.$/.test(error.message)) return -1
        throw error
      }
    }

    it('reads or refuses a body that ends at any byte, and the whole one afterwards as ever', async () => {
      const whole = await bodies[signal]()
      const rows = readRows(createReader(), signal, whole, encoding)
      const outcomes = new Set<number>()
      for (let end = 0; end < whole.length; end++) outcomes.add(read(whole.subarray(0, end)))
      expect(outcomes).toContain(-1)
      expect(readRows(reader, signal, whole, encoding)).toEqual(rows)
    })

    it('reads or refuses 500 bodies with random bytes in them', async () => {
      const whole = await bodies[signal]()
      const random = seeded(17)
      const outcomes = new Set<number>()
      for (let run = 0; run < 500; run++) {
        const share = run % 2 === 0 ? 0.002 : 0.05
        outcomes.add(read(Uint8Array.from(whole, (byte) => (random() < share ? random() * 256 : byte))))
      }
      expect(outcomes.size).toBeGreaterThan(1)
      expect(outcomes).toContain(-1)
    })

    it('reads the requests of another signal, or refuses them', async () => {
      for (const other of SIGNALS) expect(read(await bodies[other]())).toBeLessThanOrEqual(7)
    })

    it('reads or refuses random bytes', () => {
      const random = seeded(19)
      for (let run = 0; run < 2_000; run++)
        expect(read(Uint8Array.from({ length: random() * 60 }, () => random() * 256))).toBeLessThanOrEqual(60)
    })
  })
})

describe('a reader of endless parts', () => {
  it('keeps within its limits, and says what it left out', () => {
    const reader = createReader()
    const empty = Buffer.from([0x5a, 0x00])
    const span = message(IDS, Buffer.alloc(200_000, empty), Buffer.alloc(200_000, Buffer.from([0x4a, 0x00])))
    const { rows, events, attributes, droppedEvents, droppedAttributes } = reader.spans(
      request(span),
      'protobuf',
    )
    expect([rows, events.offsets[1], attributes.offsets[1]]).toEqual([1, 128, 128])
    expect([droppedEvents[0], droppedAttributes[0]]).toEqual([99_872, 99_872])
  })

  it('rejects a million empty spans one by one', () => {
    const body = delimited(1, delimited(2, Buffer.alloc(2_000_000, Buffer.from([0x12, 0x00]))))
    expect(createReader().spans(body, 'protobuf')).toMatchObject({ rows: 0, rejected: 1_000_000 })
  })

  it('reads no more than 250,000 empty log records', () => {
    const body = delimited(1, delimited(2, Buffer.alloc(600_000, Buffer.from([0x12, 0x00]))))
    expect(createReader().logs(body, 'protobuf')).toMatchObject({ rows: 250_000, rejected: 50_000 })
  })

  it('refuses a value in a million parts, and more resources than items', () => {
    const parts = request(message(IDS, delimited(9, Buffer.alloc(2_000_000, Buffer.from([0x12, 0x00])))))
    expect(() => createReader().spans(parts, 'protobuf')).toThrow('too many parts')
    const resources = Buffer.alloc(22, Buffer.from([0x0a, 0x00]))
    expect(createReader({ items: 11 }).spans(resources, 'protobuf').rows).toBe(0)
    expect(() => createReader({ items: 10 }).spans(resources, 'protobuf')).toThrow('too many resources')
  })

  it('reads no more of a list than fits into its text', () => {
    const items = Buffer.alloc(2_000_000, Buffer.from([0x0a, 0x00]))
    const body = request(delimited(5, delimited(5, items)))
    const { strings, bodies, reason } = createReader({ bodyBytes: 100 }).logs(body, 'protobuf')
    expect(strings[bodies[0] ?? 0]).toHaveLength(100)
    expect(reason).toBe('1 body was shortened to 100 bytes')
  })

  it('gives each text its own string where there are more than a table holds', () => {
    const reader = createReader()
    const words = Array.from({ length: 80_000 }, (_, index) => `word ${index % 40_000}`)
    const body = requestOf(words.map((word) => message(IDS, delimited(5, Buffer.from(word)))))
    for (let call = 0; call < 2; call++) {
      const { strings, names, rows } = reader.spans(body, 'protobuf')
      expect(Array.from(names.subarray(0, rows), (name) => strings[name])).toEqual(words)
    }
  })
})

describe('JSON that is nested deep', () => {
  const reader = createReader()

  it.each<[string, string]>([
    ['small', '['.repeat(100_000)],
    ['large', '['.repeat(3_000_000)],
    ['large, with quotes', `{"a":"\\"","b":${'{"c":['.repeat(200_000)}`],
    ['in unknown fields', `{"a":${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}}`],
  ])('is refused: %s', (_, text) => {
    expect(() => reader.spans(Buffer.from(text), 'json')).toThrow(OtlpError)
  })

  it('is refused in values beyond 64 levels', () => {
    const value = (levels: number): string =>
      `${'{"arrayValue":{"values":['.repeat(levels)}{"stringValue":"deep"}${']}}'.repeat(levels)}`
    const body = (levels: number) =>
      Buffer.from(`{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":${value(levels)}}]}]}]}`)
    const { strings, bodies } = reader.logs(body(64), 'json')
    expect(strings[bodies[0] ?? 0]).toBe(`${'['.repeat(64)}"deep"${']'.repeat(64)}`)
    expect(() => reader.logs(body(66), 'json')).toThrow('nested deeper than 64 levels')
    expect(() => reader.logs(body(5_000), 'json')).toThrow('nested deeper than 64 levels')
  })

  it('is read where there are many brackets, but not deep', () => {
    const texts = JSON.stringify('[{"'.repeat(200_000))
    const body = Buffer.from(
      `{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"body":{"stringValue":${texts}}}]}]}]}`,
    )
    expect(reader.logs(body, 'json').rows).toBe(1)
  })
})

describe('a length', () => {
  it('is no reason to reserve memory', () => {
    const before = process.memoryUsage().arrayBuffers
    const body = Buffer.concat([Buffer.from([0x0a]), varintOf(0x7fff_fff0), Buffer.from([0x12])])
    expect(() => createReader().spans(body, 'protobuf')).toThrow(OtlpError)
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(100_000_000)
  })
})
