import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import { attempt } from '../src/attempt.ts'
import { Connections } from '../src/connections.ts'
import type { Delivery, SpoolOptions } from '../src/index.ts'
import { deliverySettings } from '../src/options.ts'
import { Parcel } from '../src/parcel.ts'
import { type Kit, lines, pushItems, startKit, unexplained } from './kit.ts'
import { type Order, type Producer, startProducer } from './producer.ts'
import { accepting, silent } from './sink.ts'

let kit: Kit
let directory: string
const producers: Producer[] = []
beforeEach(async () => {
  kit = await startKit()
  directory = mkdtempSync(join(tmpdir(), 'spool-'))
})
afterEach(async () => {
  for (const { child } of producers.splice(0)) child.kill('SIGKILL')
  await kit.close()
  rmSync(directory, { recursive: true, force: true })
})

const spool = (more: Partial<SpoolOptions> = {}) => ({ directory, after: 20, ...more })
const retry = { first: 10, longest: 50 }

function start(order: Omit<Order, 'url'>, isClustered = false): Producer {
  const options = { spool: spool(), retry, ...order.options }
  const producer = startProducer({ url: kit.sink.url, ...order, options }, isClustered)
  producers.push(producer)
  return producer
}

/** The paths of all parcels on disk. */
function parcels(): string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter(({ name }) => name.endsWith('.parcel'))
    .map(({ parentPath, name }) => join(parentPath, name))
    .toSorted()
}

function itemsIn(path: string): number {
  try {
    return readFileSync(path, 'latin1').split('{"id":').length - 1
  } catch {
    // The item was delivered during the read.
    return 0
  }
}

/** The number of items on disk. */
function itemsOnDisk(): number {
  return parcels().reduce((sum, path) => sum + itemsIn(path), 0)
}

/** Polls: another process writes the files, and not every system sends an event for them. */
async function untilOnDisk(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 60_000
  while (!holds()) {
    if (performance.now() > deadline) throw new Error(`${itemsOnDisk()} items are on disk`)
    await setTimeout(10)
  }
}

async function settled(delivery: Delivery): Promise<void> {
  while (delivery.ledger().queued > 0) await delivery.flush(10_000)
}

describe('a spool', () => {
  it('is not written as long as everything arrives', async () => {
    const delivery = kit.open({ spool: spool({ after: 1_000 }) })
    pushItems(delivery, 0, 1_000)
    await settled(delivery)
    expect(parcels()).toEqual([])
  })

  it('brings what waited through kill -9 to the next process', async () => {
    await kit.sink.refuse()
    const { child, ended } = start({ end: 'stay', to: 2_000 })
    await untilOnDisk(() => itemsOnDisk() === 2_000)
    child.kill('SIGKILL')
    await ended
    await kit.sink.reopen()
    await start({ end: 'close', from: 2_000, to: 2_100 }).ended
    await start({ end: 'close', from: 2_100, to: 2_200 }).ended
    expect([...kit.sink.taken.keys()].toSorted((a, b) => a - b)).toEqual(
      Array.from({ length: 2_200 }, (_, i) => i),
    )
    // The directories of dead processes are removed.
    expect(readdirSync(join(directory, 'test.items.x-ndjson'))).toEqual([])
  })

  it('holds what is under way too, as long as nobody has answered', async () => {
    kit.sink.behave(silent)
    const { child, ended } = start({ end: 'stay', to: 500 })
    await untilOnDisk(() => itemsOnDisk() === 500)
    child.kill('SIGKILL')
    await ended
    kit.sink.behave(accepting)
    const delivery = kit.open({ spool: spool() })
    await kit.sink.until(() => kit.sink.taken.size === 500)
    await settled(delivery)
    expect(delivery.ledger()).toMatchObject({ produced: 500, delivered: 500, queued: 0 })
  })

  it.each(['close', 'exit'] as const)('takes at the end (%s) what could not be delivered', async (end) => {
    await kit.sink.refuse()
    const first = start({ end, to: 3_000, options: { spool: spool({ after: 60_000 }) } })
    const { ledgers } = await first.ended
    expect(ledgers).toMatchObject([{ produced: 3_000, delivered: 0, dropped: {}, queued: 3_000 }])
    expect(first.messages).toContain('sightline: 3000 test items are kept on disk for the next start')
    await kit.sink.reopen()
    await start({ end: 'close', from: 3_000, to: 3_001 }).ended
    expect(kit.sink.taken.size).toBe(3_001)
  })

  it('leaves out what is torn or damaged, and counts it', async () => {
    await kit.sink.refuse()
    await start({ end: 'close', to: 3_000 }).ended
    const [torn, damaged, strange, ...whole] = parcels() as [string, string, string, ...string[]]
    expect(whole.length).toBeGreaterThan(0)
    truncateSync(torn, 10_000)
    const bytes = readFileSync(damaged)
    bytes[5_000] = (bytes[5_000] ?? 0) ^ 1
    writeFileSync(damaged, bytes)
    writeFileSync(strange, 'x'.repeat(5_000))
    await kit.sink.reopen()
    const delivery = kit.open({ spool: spool() })
    await kit.sink.until(() => kit.sink.taken.size > 0)
    await settled(delivery)
    const { produced, delivered, dropped } = delivery.ledger()
    expect(produced).toBe(3_000)
    expect(dropped).toEqual({ damaged: 3_000 - delivered })
    expect(kit.sink.taken.size).toBe(delivered)
    expect(delivered).toBeGreaterThan(1_000)
    expect(delivered).toBeLessThan(3_000)
    await untilOnDisk(() => parcels().length === 0)
  })

  it('is shared by processes that live, and inherited from those that died', async () => {
    await kit.sink.refuse()
    const living = start({ end: 'stay', from: 0, to: 500 })
    const dying = start({ end: 'stay', from: 500, to: 1_000 })
    await untilOnDisk(() => itemsOnDisk() === 1_000)
    dying.child.kill('SIGKILL')
    await dying.ended
    const heirs = [kit.open({ spool: spool() }), kit.open({ spool: spool() })]
    await kit.sink.reopen()
    await kit.sink.until(() => kit.sink.taken.size === 1_000)
    for (const heir of heirs) await settled(heir)
    expect(heirs.reduce((sum, heir) => sum + heir.ledger().delivered, 0)).toBe(500)
    expect([...kit.sink.taken.values()].every((times) => times === 1)).toBe(true)
    living.child.kill('SIGKILL')
  })

  it('is inherited from the worker of a cluster that goes on without it', async () => {
    await kit.sink.refuse()
    const { worker, workerDied } = start({ end: 'stay', to: 500 }, true)
    await untilOnDisk(() => itemsOnDisk() === 500)
    process.kill(await worker, 'SIGKILL')
    await workerDied
    await kit.sink.reopen()
    const heir = kit.open({ spool: spool() })
    await kit.sink.until(() => kit.sink.taken.size === 500)
    await settled(heir)
    expect(heir.ledger()).toMatchObject({ produced: 500, delivered: 500 })
  })

  it('holds more than the memory', async () => {
    await kit.sink.refuse()
    const maxBytes = 128 * 1_024
    const delivery = kit.open({ maxBytes, spool: spool() })
    for (let from = 0; from < 5_000; from += 250) {
      pushItems(delivery, from, from + 250)
      await untilOnDisk(() => itemsOnDisk() === from + 250)
      expect(delivery.ledger().queuedBytes).toBeLessThanOrEqual(maxBytes + parcels().length * 512)
    }
    await kit.sink.reopen()
    await settled(delivery)
    expect(kit.sink.taken.size).toBe(5_000)
    expect(delivery.ledger()).toMatchObject({ delivered: 5_000, dropped: {}, queued: 0, queuedBytes: 0 })
    await untilOnDisk(() => parcels().length === 0)
  })

  it('drops the oldest where the disk has no more room for it either', async () => {
    await kit.sink.refuse()
    const delivery = kit.open({ maxBytes: 64 * 1_024, spool: spool({ maxBytes: 256 * 1_024 }) })
    for (let from = 0; from < 10_000; from += 250) {
      pushItems(delivery, from, from + 250)
      expect(unexplained(delivery.ledger())).toBe(0)
      await untilOnDisk(() => itemsOnDisk() === delivery.ledger().queued)
    }
    expect(delivery.ledger().dropped.overflow).toBeGreaterThan(0)
    await kit.sink.reopen()
    await settled(delivery)
    const taken = [...kit.sink.taken.keys()]
    expect(taken.filter((id) => id >= 9_500)).toHaveLength(500)
    // In-flight items are not dropped: a few old ones may survive.
    expect(taken.filter((id) => id < 5_000).length).toBeLessThan(500)
    expect(delivery.ledger().delivered).toBe(kit.sink.taken.size)
  })

  it('drops the oldest where memory is full of nothing but where things lie', async () => {
    await kit.sink.refuse()
    const delivery = kit.open({ maxBytes: 64 * 1_024, spool: spool({ after: 4 }) })
    for (let id = 0; id < 150; id++) {
      pushItems(delivery, id, id + 1)
      await untilOnDisk(() => itemsOnDisk() === delivery.ledger().queued)
    }
    expect(delivery.ledger().dropped.overflow).toBeGreaterThan(0)
    await kit.sink.reopen()
    await settled(delivery)
    expect(kit.sink.taken.has(149)).toBe(true)
    expect(delivery.ledger().delivered).toBe(kit.sink.taken.size)
    expect(unexplained(delivery.ledger())).toBe(0)
  })

  it('that cannot be written is one warning: memory has to do', async () => {
    const file = join(directory, 'file')
    writeFileSync(file, '')
    await kit.sink.refuse()
    const nowhere = kit.open({ spool: { directory: join(file, 'below'), after: 20 } })
    const vanished = kit.open({ spool: spool(), signal: 'others' })
    rmSync(join(directory, 'test.others.x-ndjson'), { recursive: true })
    pushItems(nowhere, 0, 100)
    pushItems(vanished, 100, 200)
    await kit.sink.reopen()
    for (const delivery of [nowhere, vanished]) await settled(delivery)
    expect(kit.sink.taken.size).toBe(200)
    expect(kit.faults).toContainEqual(expect.stringMatching(/^the spool of test items: Error: ENOTDIR/))
  })

  it('that cannot be read because too many files are open is read later', async () => {
    const load = () => Promise.reject(Object.assign(new Error('too many open files'), { code: 'EMFILE' }))
    const parcel = Parcel.stored({ valuable: false, count: 1, length: 1, size: 10 }, 0)
    const settings = deliverySettings({
      destination: 'test',
      signal: 'items',
      url: kit.sink.url,
      type: 'text/plain',
      encode: lines,
    })
    const setup = { settings, load, connections: new Connections({}), fault: () => undefined }
    const verdict = await attempt([parcel], setup, new AbortController().signal)
    expect(verdict).toEqual({ kind: 'retry', why: 'too many open files' })
  })

  it('refuses a directory whose path is too long for a socket, and says by how much', () => {
    expect(() => kit.open({ spool: { directory: join(directory, 'x'.repeat(100)) } })).toThrow(
      /choose a spool directory that is shorter by \d+ bytes/,
    )
  })
})
