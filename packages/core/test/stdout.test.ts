import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

import { afterEach, expect, it } from '@jest/globals'

const WRITER = fileURLToPath(new URL('fixtures/writer.ts', import.meta.url))
let child: ChildProcess | undefined

afterEach(() => {
  child?.kill('SIGKILL')
})

function writer(...args: string[]) {
  child = spawn(
    process.execPath,
    ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source', WRITER, ...args],
    {
      stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
    },
  )
  return child as ChildProcess & { stdout: NonNullable<ChildProcess['stdout']> }
}

async function textOf(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const chunk of stream) text += String(chunk)
  return text
}

it('has every line out when the process exits by itself', async () => {
  const lines = (await textOf(writer('lines', '5000').stdout)).trimEnd().split('\n')
  expect(lines).toHaveLength(5_000)
  expect(JSON.parse(lines[4_999] as string)).toMatchObject({ n: 4_999 })
})

it('has every line out when the process calls process.exit', async () => {
  const lines = (await textOf(writer('exit', '5000').stdout)).trimEnd().split('\n')
  expect(lines).toHaveLength(5_000)
})

it('neither blocks nor grows where nobody reads, and accounts for every line afterwards', async () => {
  const { stdout } = writer('storm', '300000')
  const [report] = (await once(child as ChildProcess, 'message')) as [
    { dropped: number; rss: number; blockedMs: number },
  ]
  expect(report.dropped).toBeGreaterThan(0)
  expect(report.blockedMs).toBeLessThan(1_000)
  const lines = (await textOf(stdout))
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { lost?: number; n?: number })
  const lost = lines.reduce((sum, line) => sum + (line.lost ?? 0), 0)
  expect(lines.filter((line) => line.n !== undefined).length + lost).toBe(300_000)
})
