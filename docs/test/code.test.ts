import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { availableParallelism } from 'node:os'
import { text } from 'node:stream/consumers'

import { beforeAll, describe, expect, jest, test } from '@jest/globals'

import { ROOT } from '../src/pages.ts'
import { allPrograms, errorsIn, type Program, writePrograms } from '../src/programs.ts'
import { UNHEARD } from './fixtures/unheard.ts'

// Each program is a process of its own, and all of them are run.
jest.setTimeout(120_000)

const programs = allPrograms()

interface Ended {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly output: string
}

async function ended(command: string, args: readonly string[]): Promise<Ended> {
  // Under a test runner Sightline leaves signals alone; a reader's program is under none.
  const { JEST_WORKER_ID: _, NODE_ENV: __, ...env } = process.env
  const child = spawn(command, args, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
    // Not by a signal that a program ends by anyway.
    killSignal: 'SIGKILL',
  })
  const [stdout, stderr, [code, signal]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, 'close'),
  ])
  return { code, signal, output: `${stdout}${stderr}` }
}

// Before all else: tests that run concurrently begin before any hook.
writePrograms(programs)

const compiled = new Map<string, string>()

beforeAll(async () => {
  const projects = new Set(programs.map(({ project }) => project)).values()
  const compileNext = async () => {
    for (const project of projects) {
      const { output } = await ended('node_modules/.bin/tsc', ['-p', project])
      compiled.set(project, output)
    }
  }
  await Promise.all(Array.from({ length: availableParallelism() }, compileNext))
}, 900_000)

test('there are programs for each framework', () => {
  const frameworks = new Set(programs.map(({ framework }) => framework))
  expect([...frameworks].toSorted()).toEqual(['express', 'fastify', 'koa'])
})

test('the programs say nothing that concerns none of them', () => {
  const errors = [...compiled.values()].flatMap((output) => output.split('\n')).filter(Boolean)
  const known = programs.flatMap((program) => errorsIn(compiled.get(program.project) ?? '', program))
  const continued = errors.filter((line) => line.startsWith(' '))
  const others = errors.filter((line) => !known.includes(line) && !continued.includes(line))
  expect([...new Set(others)]).toEqual([])
})

describe.each(programs)('$name', (program: Program) => {
  test('compiles', () => {
    expect(errorsIn(compiled.get(program.project) ?? 'it was not compiled', program)).toEqual([])
  })
})

describe('run', () => {
  test.concurrent.each(
    programs.filter(({ runs }) => runs).map((program) => [program.name, program] as const),
  )('%s runs, and ends when it is told to', async (_, { framework, file }) => {
    const flags = ['--conditions=@sightline/source', 'docs/test/fixtures/run.ts']
    const { code, signal, output } = await ended(process.execPath, [...flags, framework, file])
    // A program without Sightline, such as one to come from, dies of the signal.
    const asAnnounced = output.includes(UNHEARD)
      ? { code: null, signal: 'SIGTERM' }
      : { code: 0, signal: null }
    expect({ code, signal, output }).toEqual({ ...asAnnounced, output: expect.any(String) })
  })
})
