import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'

import { describe, expect, it } from '@jest/globals'

import { type Line, linesOf } from './logging-process.ts'

const CRASH = fileURLToPath(new URL('fixtures/crash.ts', import.meta.url))
const MODES = ['throw', 'strict', 'warn', 'none', 'warn-with-error-code']
const HANDLERS = [
  '',
  'exception-exits',
  'exception-lives',
  'rejection-exits',
  'rejection-lives',
  'rejection-lives!',
  'rejection-once',
  'exception-lives,rejection-lives',
]

async function run(kit: 'kit' | 'bare', mode: string, way: string, handlers: string) {
  const child = spawn(
    process.execPath,
    [
      `--unhandled-rejections=${mode}`,
      '--experimental-strip-types',
      '--disable-warning=ExperimentalWarning',
      '--conditions=@sightline/source',
      CRASH,
      kit,
      way,
      handlers,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  const lines = out === '' ? [] : linesOf(out)
  return {
    fate: { code: child.exitCode, signal: child.signalCode, told: withoutPlaces(err) },
    fatal: lines.filter(({ level }) => level === 'fatal'),
    others: lines.filter(({ level }) => level !== 'fatal'),
  }
}

/** What node says of a process's end, but for line numbers and process ids. */
function withoutPlaces(err: string): string {
  return err
    .replaceAll(/\(node:\d+\)/g, '(node)')
    .replaceAll(/^ +at .*\n/gm, '')
    .replaceAll(/:\d+(?::\d+)?/g, '')
}

async function expectSameFate(mode: string, way: string, handlers: string): Promise<Line[]> {
  const [kit, bare] = await Promise.all([run('kit', mode, way, handlers), run('bare', mode, way, handlers)])
  expect(kit.fate).toEqual(bare.fate)
  expect(kit.others).toHaveLength(1_000)
  return kit.fatal
}

const err = (message: string) => ({ type: 'Error', message, stack: expect.stringContaining('crash.ts') })

describe('a process that dies', () => {
  it.each(HANDLERS)(
    'of an exception does so as it would have, after one fatal record, with handlers: %s',
    async (handlers) => {
      const fatal = await expectSameFate('throw', 'throws', handlers)
      expect(fatal).toMatchObject([{ msg: 'uncaught exception', err: err('the cause') }])
    },
  )

  it.each(MODES.flatMap((mode) => HANDLERS.map((handlers) => [mode, handlers] as const)))(
    'of a rejection, in mode %s, does so as it would have, after one fatal record, with handlers: %s',
    async (mode, handlers) => {
      const fatal = await expectSameFate(mode, 'rejects', handlers)
      // Nobody is told of a rejection in this mode, and the process goes on.
      const isSilent = mode === 'none' && !handlers.includes('rejection')
      expect(fatal).toMatchObject(isSilent ? [] : [{ msg: 'unhandled rejection' }])
      expect(JSON.stringify(fatal)).toContain(isSilent ? '[]' : 'the cause')
    },
  )

  it('tells of each rejection that the application survives', async () => {
    const fatal = await expectSameFate('throw', 'rejects-twice', 'rejection-lives')
    expect(fatal).toMatchObject([{ err: err('the cause') }, { err: err('another cause') }])
  })

  it('dies of a handler that was there once only', async () => {
    const fatal = await expectSameFate('throw', 'rejects-twice', 'rejection-once')
    expect(fatal).toMatchObject([{ err: err('the cause') }, { err: err('another cause') }])
  })

  it('says so even where nothing was thrown', async () => {
    expect(await expectSameFate('throw', 'throws-nothing', '')).toMatchObject([{ msg: 'uncaught exception' }])
  })

  it.each(['exits', 'ends'])('by itself has all its lines out, and no fatal record: %s', async (way) => {
    expect(await expectSameFate('throw', way, '')).toEqual([])
  })
})
