import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as delay } from 'node:timers/promises'

import { describe, expect, it } from '@jest/globals'

import {
  argumentsFor,
  Client,
  Folder,
  type Line,
  linesOf,
  LoggingProcess,
  textOf,
} from './logging-process.ts'

const DEADLINE_MS = 60_000

const numbered = (lines: readonly Line[]) => lines.filter(({ n }) => n !== undefined)
const lostIn = (lines: readonly Line[]) => lines.reduce((sum, { lost }) => sum + Number(lost ?? 0), 0)
const upTo = (count: number) => Array.from({ length: count }, (_, n) => n)

/** Asks again until the answer is as wanted: what happens behind a full disk tells nobody. */
async function until<T>(ask: () => Promise<T>, isThere: (answer: T) => boolean): Promise<T> {
  const deadline = performance.now() + DEADLINE_MS
  for (;;) {
    const answer = await ask()
    if (isThere(answer)) return answer
    if (performance.now() > deadline) throw new Error(`this is all there is: ${JSON.stringify(answer)}`)
    await delay(5)
  }
}

it('takes no notice of a reader that pauses for less than the memory holds', async () => {
  using folder = new Folder()
  using fifo = folder.fifo()
  const reader = fifo.reader()
  await using service = new LoggingProcess(argumentsFor('logging-service'), fifo.writer())
  fifo.release()
  using client = new Client((await service.message()) as number)
  await client.get('/write?lines=10000')
  expect(await client.ledger()).toMatchObject({ slow: 0, waiting: expect.any(Number) })
  const written = textOf(reader)
  await until(
    () => client.ledger(),
    ({ waiting }) => waiting === 0,
  )
  await client.get('/exit')
  expect(numbered(linesOf(await written)).map(({ n }) => n)).toEqual(upTo(10_000))
  expect(service.complaints).toBe('')
})

describe('a reader that is gone', () => {
  it('costs lines, which are counted, and nothing else', async () => {
    await using service = new LoggingProcess(argumentsFor('logging-service'))
    using client = new Client((await service.message()) as number)
    service.stdout.destroy()
    await once(service.stdout, 'close')
    for (let i = 0; i < 10; i++) await client.get('/write?lines=1000')
    expect(await client.get('/ping')).toBe('pong')
    const ledger = await client.ledger()
    expect(ledger).toMatchObject({ produced: 10_001, slow: 0, failed: 0 })
    expect(ledger.gone).toBeGreaterThan(9_000)
    expect(ledger.written + ledger.gone + ledger.waiting).toBe(ledger.produced)
    await client.get('/exit')
    expect(await service.exit()).toMatchObject({ code: 3, signal: null })
    expect(linesOf(service.complaints)).toMatchObject([
      { reason: 'no_reader' },
      { lost: expect.any(Number), msg: expect.stringContaining('lost at exit') },
    ])
  })

  it('is followed by the next one, who learns what was lost', async () => {
    using folder = new Folder()
    using fifo = folder.fifo()
    const first = fifo.reader()
    await using service = new LoggingProcess(argumentsFor('logging-service'), fifo.writer())
    using client = new Client((await service.message()) as number)
    first.destroy()
    await once(first, 'close')
    await client.get('/write?lines=1000')
    const { gone } = await until(
      () => client.ledger(),
      (ledger) => ledger.gone > 0 && ledger.waiting === 0,
    )

    const written = textOf(fifo.reader())
    fifo.release()
    const { produced } = await until(
      async () => {
        await client.get('/write?lines=1')
        return client.ledger()
      },
      ({ written: count }) => count > 1,
    )
    await client.get('/exit')
    const lines = linesOf(await written)
    expect(lostIn(lines)).toBeGreaterThanOrEqual(gone)
    expect(numbered(lines).length + lostIn(lines)).toBeGreaterThanOrEqual(produced - 2)
    expect(numbered(lines).at(-1)?.n).toBe(produced - 3)
  })
})

const isRoot = process.getuid?.() === 0
if (!isRoot) console.warn('Only root can mount a small disk: the test of a full disk is left out.')

describe('a full disk', () => {
  ;(isRoot ? it : it.skip)('keeps lines until there is room again, and cuts none', async () => {
    using folder = new Folder()
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', folder.path])
    try {
      const log = join(folder.path, 'log')
      const ballast = join(folder.path, 'ballast')
      writeFileSync(ballast, Buffer.alloc(48 * 1_024))
      await using service = new LoggingProcess(argumentsFor('logging-service'), openSync(log, 'a'))
      using client = new Client((await service.message()) as number)
      // Three quarters of them have no room.
      await client.get('/write?lines=200')
      const full = await until(
        () => client.ledger(),
        ({ waiting, produced }) => waiting > produced / 2,
      )
      expect(full).toMatchObject({ produced: 201, slow: 0, gone: 0, failed: 0 })
      expect(readFileSync(log, 'utf8')).not.toMatch(/\n$/)
      expect(await client.get('/ping')).toBe('pong')

      rmSync(ballast)
      await until(
        () => client.ledger(),
        ({ waiting }) => waiting === 0,
      )
      await client.get('/exit')
      expect(await service.exit()).toMatchObject({ code: 3 })
      expect(numbered(linesOf(readFileSync(log, 'utf8'))).map(({ n }) => n)).toEqual(upTo(200))
    } finally {
      execFileSync('umount', ['--lazy', folder.path])
    }
  })

  it('costs lines once the memory for them is full as well', async () => {
    await using service = new LoggingProcess(argumentsFor('logging-service'), openSync('/dev/full', 'w'))
    using client = new Client((await service.message()) as number)
    for (let i = 0; i < 5; i++) await client.get('/write?lines=10000')
    const ledger = await client.ledger()
    expect(ledger).toMatchObject({ written: 0, slow: 0, gone: 0, failed: expect.any(Number) })
    expect(ledger.failed).toBeGreaterThan(0)
    expect(ledger.failed + ledger.waiting).toBe(ledger.produced)
    await client.get('/exit')
    expect(await service.exit()).toMatchObject({ code: 3 })
    expect(linesOf(service.complaints)).toMatchObject([
      { reason: 'write_error' },
      { lost: ledger.failed + ledger.waiting },
    ])
  })
})

describe('a terminal', () => {
  const STOP = '\u0013'

  /** The service at a terminal of its own, whose keys are what the test writes. */
  function atTerminal() {
    const command = [process.execPath, ...argumentsFor('logging-service')].join(' ')
    return spawn('script', ['--quiet', '--flush', '--return', '--command', command, '/dev/null'], {
      stdio: ['pipe', 'pipe', 'inherit'],
    })
  }

  async function portOf(terminal: ChildProcess): Promise<number> {
    const [line] = (await once(createInterface(terminal.stdout!), 'line')) as [string]
    return (JSON.parse(line) as { port: number }).port
  }

  it('that is stopped holds up neither requests nor the end of the process', async () => {
    const terminal = atTerminal()
    try {
      using client = new Client(await portOf(terminal))
      terminal.stdin?.write(STOP)
      await until(
        async () => {
          await client.get('/write?lines=100')
          return client.ledger()
        },
        ({ waiting }) => waiting > 100,
      )
      const exit = once(terminal, 'exit')
      await client.get('/exit')
      expect(await exit).toEqual([3, null])
    } finally {
      terminal.kill('SIGKILL')
    }
  })
})
