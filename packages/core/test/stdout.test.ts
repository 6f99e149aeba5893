import { spawnSync } from 'node:child_process'
import { openSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

import { describe, expect, it } from '@jest/globals'

import { argumentsFor, Folder, type Line, linesOf, LoggingProcess, textOf } from './logging-process.ts'

const NUMBERS = Array.from({ length: 5_000 }, (_, n) => n)

const numbersOf = (lines: readonly Line[]) => lines.filter(({ n }) => n !== undefined).map(({ n }) => n)

describe('the end of a process', () => {
  it.each([
    ['ends by itself', 'end', 0],
    ['calls process.exit', 'exit', 3],
    ['dies of an exception', 'throw', 1],
  ])('has every line out when the process %s', async (_, way, code) => {
    await using writer = new LoggingProcess(argumentsFor('writer', way, '5000'))
    const lines = linesOf(await textOf(writer.stdout))
    expect(numbersOf(lines)).toEqual(NUMBERS)
    expect(await writer.exit()).toMatchObject({ code })
  })

  it('has a line out that is written while the process exits already', async () => {
    await using writer = new LoggingProcess(argumentsFor('writer', 'say goodbye', '5000'))
    const lines = linesOf(await textOf(writer.stdout))
    expect(lines.at(-1)).toMatchObject({ msg: 'goodbye' })
    expect(lines).toHaveLength(5_001)
  })

  it.each(['SIGHUP', 'SIGQUIT'])(
    'has every line out when %s ends the process, which dies of it',
    async (signal) => {
      await using writer = new LoggingProcess(argumentsFor('writer', signal, '5000'))
      const lines = linesOf(await textOf(writer.stdout))
      expect(numbersOf(lines)).toEqual(NUMBERS)
      expect(await writer.exit()).toMatchObject({ code: null, signal })
    },
  )

  it('leaves such a signal to an application that listens for it', async () => {
    await using writer = new LoggingProcess(argumentsFor('writer', 'SIGHUP with a listener', '1000'))
    const lines = linesOf(await textOf(writer.stdout))
    expect(lines.slice(1_000)).toMatchObject([
      { msg: 'reloaded', listeners: 1 },
      { msg: 'reloaded', listeners: 1 },
    ])
    expect(await writer.exit()).toMatchObject({ code: 4 })
  })

  it('waits for a reader that begins to read when the process exits', async () => {
    using folder = new Folder()
    using fifo = folder.fifo()
    const reader = fifo.reader()
    await using writer = new LoggingProcess(argumentsFor('writer', 'exit', '5000'), fifo.writer())
    fifo.release()
    // Far more than a pipe holds is written when this message comes, and the process exits.
    await writer.message()
    expect(numbersOf(linesOf(await textOf(reader)))).toEqual(NUMBERS)
  })

  describe.each(['pipe', 'socket'] as const)('with a %s that nobody reads', (kind) => {
    it.each([
      ['ends by itself', 'end', 0],
      ['calls process.exit', 'exit', 3],
      ['dies of an exception', 'throw', 1],
    ])('is not held up when it %s, and says what is lost', async (_, way, code) => {
      using folder = new Folder()
      using fifo = folder.fifo()
      fifo.reader()
      await using writer = new LoggingProcess(
        argumentsFor('writer', way, '5000'),
        kind === 'pipe' ? fifo.writer() : 'pipe',
      )
      await writer.message()
      expect(await writer.exit()).toEqual({ code, signal: null })
      expect(writer.complaints).toMatch(/"lost":\d+,"msg":"log lines are lost at exit/)
    })
  })

  it('is not held up by a full disk', async () => {
    await using writer = new LoggingProcess(
      argumentsFor('writer', 'exit', '5000'),
      openSync('/dev/full', 'w'),
    )
    await writer.message()
    expect(await writer.exit()).toEqual({ code: 3, signal: null })
    expect(writer.complaints).toContain('"lost":5000,')
  })

  it('is as without us where standard output is closed', () => {
    const program = [process.execPath, ...argumentsFor('writer', 'exit', '10')]
    const { status, stderr } = spawnSync('sh', ['-c', 'exec "$@" >&-', 'sh', ...program], {
      encoding: 'utf8',
    })
    expect({ status, stderr }).toEqual({ status: 3, stderr: '' })
  })

  // The lines fit into a pipe, so that the result does not depend on its reader.
  it.each(['pipe', 'socket', 'file'])(
    'has all lines in a %s when the process is killed 20 ms after the last',
    (kind) => {
      using folder = new Folder()
      const file = join(folder.path, 'log')
      const program = [process.execPath, ...argumentsFor('writer', 'be killed', '400')]
      const command = { pipe: '"$@" | cat', socket: 'exec "$@"', file: `exec "$@" > ${file}` }[kind]
      const { stdout } = spawnSync('sh', ['-c', String(command), 'sh', ...program], { encoding: 'utf8' })
      const text = kind === 'file' ? readFileSync(file, 'utf8') : stdout
      expect(text.length).toBeLessThan(65_536)
      expect(numbersOf(linesOf(text))).toEqual(NUMBERS.slice(0, 400))
    },
  )
})

it('shares a pipe with other processes and with worker threads, and no line gets into another', async () => {
  using folder = new Folder()
  using fifo = folder.fifo()
  const reader = fifo.reader()
  await using one = new LoggingProcess(argumentsFor('writer', 'be not alone', '5000'), fifo.writer())
  await using other = new LoggingProcess(argumentsFor('writer', 'be not alone', '5000'), fifo.writer())
  fifo.release()
  // The pipe is full by now: from here on they wait for each other's room.
  await Promise.all([one.message(), other.message()])
  const lines = linesOf(await textOf(reader))
  expect(lines).toHaveLength(4 * 5_000)
})
