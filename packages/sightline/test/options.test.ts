import { readFile } from 'node:fs/promises'

import { describe, expect, test } from '@jest/globals'

import { OPTIONS, wishesFrom } from '../src/options.ts'
import { HELP, UsageError } from '../src/usage.ts'

describe('a command line', () => {
  test('has defaults for a machine of one person', () => {
    const { command, hub, client } = wishesFrom([], { XDG_DATA_HOME: '/data' })
    expect(command).toBe('hub')
    expect(hub).toEqual({
      port: 4318,
      host: '127.0.0.1',
      token: undefined,
      viewToken: undefined,
      allowHost: [],
      allowOrigin: [],
      folder: '/data/sightline',
      maxDisk: 5e9,
      retention: 14 * 86_400_000,
      scrape: [],
      prometheus: undefined,
      forward: undefined,
      redact: true,
      logLevel: 'info',
    })
    expect(client).toMatchObject({ hub: 'http://127.0.0.1:4318', isHubNamed: false, limit: 100 })
  })

  test('wins over variables', () => {
    const env = {
      SIGHTLINE_HUB_PORT: '9000',
      SIGHTLINE_HUB_MAX_DISK: '512 MiB',
      SIGHTLINE_HUB_RETENTION: '90m',
      SIGHTLINE_HUB_SCRAPE: 'http://a:1, shop=http://b:2',
      SIGHTLINE_HUB_ALLOW_HOST: 'hub, hub.example',
      SIGHTLINE_HUB_NO_REDACT: 'true',
      SIGHTLINE_HUB_URL: 'http://hub:4318/',
    }
    expect(wishesFrom([], env)).toMatchObject({
      hub: {
        port: 9000,
        maxDisk: 512 * 2 ** 20,
        retention: 90 * 60_000,
        scrape: ['http://a:1', 'shop=http://b:2'],
        allowHost: ['hub', 'hub.example'],
        redact: false,
      },
      client: { hub: 'http://hub:4318', isHubNamed: true },
    })
    expect(wishesFrom(['--port=1', '--scrape', 'http://c:3', '--hub', 'http://other'], env)).toMatchObject({
      hub: { port: 1, scrape: ['http://c:3'] },
      client: { hub: 'http://other' },
    })
  })

  test('may search for what begins with a minus', () => {
    expect(wishesFrom(['logs', '-level:debug', '-"health check"', '-f'], {})).toMatchObject({
      words: ['-level:debug', '-"health check"'],
      client: { follow: true },
    })
    expect(wishesFrom(['ask', '-sum(up)'], {})).toMatchObject({ words: ['-sum(up)'] })
  })

  test('leaves the options of a program to it', () => {
    expect(wishesFrom(['run', '--port', '0', '--', 'node', '--port', '1'], {})).toMatchObject({
      command: 'run',
      rest: ['node', '--port', '1'],
      hub: { port: 0 },
    })
  })
})

test('all options are in the help and on the page of the hub', async () => {
  const page = await readFile(new URL('../../../docs/hub.md', import.meta.url), 'utf8')
  for (const option of Object.keys(OPTIONS)) expect(HELP).toContain(`--${option}`)
  const [, ofHub = ''] = /^Hub$([^]*?)^run and demo/m.exec(HELP) ?? []
  const options = [...ofHub.matchAll(/^ {2}(--[\w-]+)/gm)].map(([, option = '']) => option)
  expect(options).toContain('--port')
  const documented = [...page.matchAll(/^\| `(--[\w-]+)/gm)].map(([, option = '']) => option)
  expect(documented.toSorted()).toEqual(options.toSorted())
})

describe('a wrong command line is one sentence', () => {
  test.each([
    [['--port', 'web'], '--port is "web": give a number from 0 to 65535'],
    [['--port', '70000'], '--port is "70000": give a number from 0 to 65535'],
    [['--max-disk', 'much'], '--max-disk is "much": give a size such as 5GB or 512MB'],
    [['--retention', '14'], '--retention is "14": give a duration such as 14d, 12h or 30m'],
    [
      ['--forward', 'collector:4318'],
      '--forward is "collector:4318": give a URL such as http://127.0.0.1:4318',
    ],
    [['--log-level', 'loud'], '--log-level is "loud": give one of error, warn, info'],
    [['logs', '--limit', '0'], '--limit is "0": give a number from 1 to 99999'],
    [['--prot', '1'], "Unknown option '--prot'. See sightline --help"],
    [['--port'], "Option '--port <value>' argument missing. See sightline --help"],
    [['start'], 'There is no command "start": run, demo, ask, logs, trace. See sightline --help'],
  ])('%j', (args, sentence) => {
    expect(() => wishesFrom(args, {})).toThrow(new UsageError(sentence))
  })
})
