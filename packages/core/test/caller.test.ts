import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, it } from '@jest/globals'

import { createSightline, type LogOptions } from '../src/index.ts'

type Line = Record<string, unknown>

function logging(options: LogOptions = { caller: true }) {
  const lines: Line[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) }
  const sightline = createSightline({ service: 'test', log: { destination, pretty: false, ...options } })
  return { lines, sightline }
}

const fixture = fileURLToPath(new URL('fixtures/caller.ts', import.meta.url))

// In a process of its own: here the code is another one than what was written.
it('names the file, the line and the function that has written a line', async () => {
  const { NODE_OPTIONS: _options, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source', fixture],
    { env },
  )
  const written = readFileSync(fixture, 'utf8').split('\n')
  const lines = stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Line)
  expect(lines).toHaveLength(4)
  for (const { msg, caller } of lines) {
    const { file, line } = caller as { file: string; line: number }
    expect(resolve(file)).toBe(fixture)
    expect(written[line - 1]).toContain(`'${String(msg)}'`)
  }
  expect(lines[0]?.caller).toMatchObject({ function: 'placeOrder' })
})

it('leaves a field of the application alone that has the same name', () => {
  const { lines, sightline } = logging()
  sightline.log.info({ caller: 'Ada' }, 'rang')
  expect(lines).toMatchObject([{ caller: 'Ada' }])
})

it('uses the names of the layout', () => {
  const ecs = logging({ caller: true, layout: 'ecs' })
  ecs.sightline.log.info('hello')
  ecs.sightline.log.info({ caller: 'Ada' }, 'rang')
  expect(ecs.lines).toMatchObject([
    {
      'log.origin': { file: { name: expect.stringMatching(/caller\.test\.ts$/), line: expect.any(Number) } },
    },
    { fields: { caller: 'Ada' } },
  ])
  const otel = logging({ caller: true, layout: 'otel' })
  otel.sightline.log.info('hello')
  expect(otel.lines).toMatchObject([
    {
      Attributes: {
        'code.file.path': expect.stringMatching(/caller\.test\.ts$/),
        'code.line.number': expect.any(Number),
      },
    },
  ])
})

it('says nothing of it where nobody has asked', () => {
  const { lines, sightline } = logging({})
  sightline.log.info('hello')
  expect(lines[0]).not.toHaveProperty('caller')
})

it('stands as file and line in pretty-printed lines', () => {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const { log } = createSightline({ service: 'test', log: { destination, pretty: true, caller: true } })
  log.info('rang')
  expect(lines.join('')).toMatch(/<[^<>]*caller\.test\.ts:\d+>: rang/)
})
