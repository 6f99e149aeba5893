import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

import { expect, it } from '@jest/globals'

it('works with the test runner of node, whose process ends when the suite does', async () => {
  const suite = fileURLToPath(new URL('fixtures/node-test.ts', import.meta.url))
  const { NODE_OPTIONS: _options, NODE_TEST_CONTEXT: _context, ...env } = process.env
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--conditions=@sightline/source', '--test', '--test-reporter=tap', suite],
    { env },
  )
  expect(stdout).toContain('# pass 1\n')
  expect(stdout).toContain('# fail 0\n')
})
