import { execFileSync } from 'node:child_process'

import { describe, expect, it } from '@jest/globals'

import { curlOf, markdownTable, quoted } from '../../src/format/share.ts'

describe('what is copied', () => {
  it('is a command that a shell passes on as it is, whatever a name contains', () => {
    for (const text of ['plain', `it's`, '$(id)', '`id`', 'a\nb', '"', '\\', '', '!x', '*'])
      expect(execFileSync('sh', ['-c', `printf %s ${quoted(text)}`], { encoding: 'utf8' })).toBe(text)
  })

  it('asks the hub with the parameters that are given', () => {
    expect(curlOf('http://hub:4318', '/api/logs', { q: `"it's"`, limit: 5, service: undefined })).toBe(
      `curl -G http://hub:4318/api/logs \\\n  --data-urlencode 'q="it'\\''s"' \\\n  --data-urlencode limit=5`,
    )
    expect(curlOf('http://hub:4318', '/api/hub')).toBe('curl http://hub:4318/api/hub')
  })

  it('is a table whose cells stay cells', () => {
    expect(markdownTable(['a', 'b'], [['x|y', '<img>\nz']])).toBe(
      '| a | b |\n| --- | --- |\n| x\\|y | \\<img\\> z |',
    )
  })
})
