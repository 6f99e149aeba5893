import { setImmediate as turn } from 'node:timers/promises'

import { afterEach, beforeEach, expect, it } from '@jest/globals'

import {
  createSightline,
  type Destination,
  type Sightline,
  type SightlineOptions,
  type Taps,
} from '../src/index.ts'
import type { Family } from '../src/series/family.ts'
import { labelled } from '../src/series/labels.ts'

let sightline: Sightline
let lines: Array<Record<string, unknown>>

beforeEach(() => {
  lines = []
})
afterEach(() => sightline.close())

function start(options: SightlineOptions = {}): Sightline {
  sightline = createSightline({
    service: 'orders',
    version: '1.2.3',
    metrics: { runtime: false, host: false },
    ...options,
    log: { ...options.log, destination: { write: (line) => lines.push(JSON.parse(line)) } },
  })
  return sightline
}

/** A destination that keeps its taps. */
function keeping(name = 'kept', more: (taps: Taps) => void | Promise<void> = () => {}) {
  const kept: Taps[] = []
  const destination: Destination = {
    name,
    attach(taps) {
      kept.push(taps)
      return more(taps)
    },
  }
  return { destination, kept }
}

const FAMILY: Family = {
  name: 'sent_total',
  help: 'S.',
  type: 'counter',
  *series() {
    yield { ...labelled({}), value: 3 }
  },
}

it('gives a destination of the options what the service is, logs and measures', async () => {
  const { destination, kept } = keeping()
  const shown: string[] = []
  start({ destinations: [destination], log: { redact: ['iban'] } })
  const [taps] = kept as [Taps]
  expect(taps).toMatchObject({ sightline, service: 'orders', version: '1.2.3' })
  expect(taps.printer.value({ iban: 'DE1', city: 'Bonn' })).toEqual({ iban: '[redacted]', city: 'Bonn' })
  const unlisten = taps.lines.listen((line) => shown.push(line))
  sightline.log.info({ iban: 'DE1' }, 'paid')
  unlisten()
  sightline.log.info('not listened to')
  expect(shown.map((line) => JSON.parse(line))).toMatchObject([{ msg: 'paid', iban: '[redacted]' }])
  const remove = taps.addFamilies([FAMILY])
  expect(await sightline.metrics.text()).toContain('sent_total 3\n')
  const names: string[] = []
  for await (const { name } of taps.metrics.families()) names.push(name)
  expect(names).toContain('sent_total')
  remove()
  remove()
  const text = await sightline.metrics.text()
  expect(text).not.toContain('sent_total')
  expect(text).toContain('jobs_in_progress')
})

it('attaches a destination later, as well as from the start', () => {
  const { destination, kept } = keeping()
  start().attach(destination)
  expect(kept).toHaveLength(1)
})

it('closes all destinations at the same time, within the budget of the Sightline', async () => {
  const budgets: number[] = []
  const both = Promise.withResolvers<void>()
  const waiting = (name: string) =>
    keeping(name, (taps) =>
      taps.onClose((deadlineMs) => {
        budgets.push(deadlineMs)
        if (budgets.length === 2) both.resolve()
        return both.promise
      }),
    ).destination
  start({ destinations: [waiting('one'), waiting('two')] })
  await sightline.close()
  expect(budgets).toEqual([2_700, 2_700])
})

it.each<[string, (taps: Taps) => void | Promise<void>]>([
  [
    'throws',
    () => {
      throw new Error('no such host')
    },
  ],
  ['rejects', () => Promise.reject(new Error('no such host'))],
])('is not harmed by a destination whose attach %s, and takes away what it has added', async (_, fails) => {
  const heard: string[] = []
  const { destination } = keeping('elastic', (taps) => {
    taps.lines.listen((line) => heard.push(line))
    taps.addFamilies([FAMILY])
    return fails(taps)
  })
  const other = keeping('other')
  start({ destinations: [destination, other.destination] })
  await turn()
  expect(lines).toMatchObject([
    {
      level: 'warn',
      msg: expect.stringContaining('destination elastic failed'),
      err: { message: 'no such host' },
    },
  ])
  heard.length = 0
  sightline.log.info('on its way')
  expect(heard).toEqual([])
  expect(await sightline.metrics.text()).not.toContain('sent_total')
  expect(other.kept).toHaveLength(1)
  // It may be tried again.
  sightline.attach({ ...destination, attach() {} })
})

it('reports a destination whose end fails under its name', async () => {
  const { destination } = keeping('elastic', (taps) =>
    taps.onClose(() => {
      throw new Error('refused')
    }),
  )
  start({ destinations: [destination] })
  await sightline.close()
  expect(lines).toMatchObject([{ msg: expect.stringContaining('close of destination elastic failed') }])
})

it('closes at once what a slow destination has added after the end', async () => {
  const opened = Promise.withResolvers<void>()
  const closed = Promise.withResolvers<number>()
  const { destination } = keeping('slow', async (taps) => {
    await opened.promise
    taps.onClose(closed.resolve)
  })
  start({ destinations: [destination] })
  await sightline.close()
  opened.resolve()
  expect(await closed.promise).toBe(2_700)
})

it('says so where a destination comes after the end', async () => {
  const { destination, kept } = keeping()
  start()
  await sightline.close()
  sightline.attach(destination)
  expect(kept).toEqual([])
  expect(lines).toMatchObject([
    {
      msg: expect.stringContaining('destination kept failed'),
      err: { message: expect.stringContaining('closed') },
    },
  ])
})

it('refuses what is no destination, and a second one of the same name, with one sentence', () => {
  const { destination } = keeping()
  const twice = { destinations: [destination, destination] }
  expect(() => start(twice)).toThrow(
    /^Sightline: option destinations is .*, but must be a list of destinations of different names: "kept" is there twice$/,
  )
  expect(() => start({ destinations: [{ name: '' } as never] })).toThrow(
    /must be a list of destinations: objects with/,
  )
  start({ destinations: [destination] })
  expect(() => sightline.attach(destination)).toThrow(
    'Sightline: a destination named "kept" is attached already',
  )
  expect(() => sightline.attach({ name: 'x' } as never)).toThrow(
    'Sightline: a destination is {"name":"x"}, but must be an object with a name and a method attach(taps)',
  )
})
