import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'

import { describe, expect, test } from '@jest/globals'

import { startAnswers } from './answering-hub.ts'
import { type Cli, cli, startCli } from './cli.ts'
import { temporaryFolder } from './folder.ts'

const ADDRESS = /Sightline is at (http:\S+)\./

async function startHub(...args: readonly string[]): Promise<Cli & { readonly url: string }> {
  const hub = startCli(['--port', '0', ...args])
  const [, url = ''] = await hub.says(ADDRESS)
  return { ...hub, url }
}

/** Sends a log record, as a service does. */
async function sendLog(
  url: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<number> {
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'shop' } }] }
  const timeUnixNano = String(BigInt(Date.now()) * 1_000_000n)
  const logRecords = [{ timeUnixNano, severityNumber: 9, body: { stringValue: body } }]
  const response = await fetch(`${url}/v1/logs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
  })
  await response.arrayBuffer()
  return response.status
}

describe('sightline', () => {
  test('says in a paragraph where it is, stores what arrives, and has it after a restart', async () => {
    await using folder = await temporaryFolder()
    const data = join(folder.path, 'data')
    const hub = await startHub('--data', data, '--max-disk', '1GB', '--retention', '2d')
    expect(await sendLog(hub.url, 'first light')).toBe(200)
    expect(await cli('logs', 'first', '--hub', hub.url)).toMatchObject({
      code: 0,
      out: expect.stringMatching(/ INFO {2}shop first light\n$/),
    })
    hub.kill('SIGTERM')
    const { code, out, err } = await hub.ended()
    expect({ code, err }).toEqual({ code: 0, err: '' })
    // Without a terminal there is nothing but the paragraph.
    expect(out.trimEnd().split('\n')).toEqual([
      `Sightline is at ${hub.url}. It receives OTLP over HTTP there: OTEL_EXPORTER_OTLP_ENDPOINT=${hub.url}`,
      expect.stringMatching(
        /^Data: \/.*\/data, [\d.]+ \w?B of at most 1\.0 GB; spans and log records for 2 days\.$/,
      ),
    ])

    const next = await startHub('--data', data)
    expect(await cli('logs', '--hub', next.url)).toMatchObject({
      code: 0,
      out: expect.stringContaining('first light'),
    })
    next.kill('SIGINT')
    expect(await next.ended()).toMatchObject({ code: 0, err: '' })
  })

  test('says what it read of a prometheus.yml, and scrapes its targets and others', async () => {
    await using folder = await temporaryFolder()
    await using target = await startAnswers({
      '/metrics': { body: 'orders_total 7\n', headers: { 'content-type': 'text/plain; version=0.0.4' } },
    })
    const file = join(folder.path, 'prometheus.yml')
    const job = {
      job_name: 'shop',
      scrape_interval: '1s',
      static_configs: [{ targets: [new URL(target.url).host] }],
      consul_sd_configs: [],
    }
    // JSON is valid YAML.
    await writeFile(
      file,
      JSON.stringify({
        scrape_configs: [job],
        rule_files: ['rules/*.yml'],
        remote_write: [{ url: 'http://x' }],
      }),
    )
    const hub = await startHub(
      '--data',
      join(folder.path, 'data'),
      '--prometheus',
      file,
      '--scrape',
      `billing=${target.url}`,
    )
    const { out } = hub.said()
    expect(out).toContain(`Read ${file}: 1 job.\nScrapes 2 targets.\n`)
    expect(out).toContain(`${file}: rule_files are not evaluated.`)
    expect(out).toContain('remote_write')
    expect(out).toContain('consul_sd_configs')
    let found = ''
    while (!/shop/.test(found) || !/billing/.test(found)) {
      found = (await cli('ask', 'sum by (job) (orders_total)', '--hub', hub.url)).out
    }
    expect(found.split('\n').toSorted()).toEqual(['', '7  {job="billing"}', '7  {job="shop"}'])
    hub.kill('SIGINT')
    await hub.ended()
  })

  test('needs tokens where others can reach it, and prints those that it generates', async () => {
    await using folder = await temporaryFolder()
    const hub = await startHub('--host', '0.0.0.0', '--data', folder.path)
    const [, token = ''] = await hub.says(/^Token for sending, shown once: (\S+)$/m)
    const [, viewToken = ''] = await hub.says(/^Token for reading, shown once: (\S+)$/m)
    expect(await sendLog(hub.url, 'x')).toBe(401)
    expect(await sendLog(hub.url, 'x', { authorization: `Bearer ${token}` })).toBe(200)
    expect(await cli('logs', '--hub', hub.url)).toMatchObject({
      code: 1,
      err: 'sightline: The hub needs its token: give it with --view-token\n',
    })
    expect(await cli('logs', '--hub', hub.url, '--view-token', viewToken)).toMatchObject({
      code: 0,
      out: expect.stringContaining('shop x'),
    })
    hub.kill('SIGINT')
    await hub.ended()
  })
})

describe('a hub does not start', () => {
  test('where another one has its folder or its port, until that is killed', async () => {
    await using folder = await temporaryFolder()
    const hub = await startHub('--data', folder.path)
    expect(await cli('--port', '0', '--data', folder.path)).toMatchObject({
      code: 1,
      out: '',
      err: `sightline: The data folder ${folder.path} is used by another hub (process ${hub.pid}). A hub needs a folder of its own.\n`,
    })
    const { port } = new URL(hub.url)
    expect(await cli('--port', port, '--data', join(folder.path, 'other'))).toMatchObject({
      code: 1,
      out: '',
      err: `sightline: Port ${port} of 127.0.0.1 is in use: give another one with --port, or end the program that has it\n`,
    })
    hub.kill('SIGKILL')
    await hub.ended()
    const next = await startHub('--data', folder.path)
    next.kill('SIGINT')
    expect(await next.ended()).toMatchObject({ code: 0 })
  })

  test('with options that it cannot follow', async () => {
    await using folder = await temporaryFolder()
    const sentenceOf = async (...args: readonly string[]) => {
      const { code, err } = await cli('--port', '0', '--data', join(folder.path, 'data'), ...args)
      return [code, err]
    }
    expect(await sentenceOf('--token', 'short')).toEqual([
      2,
      expect.stringMatching(/^sightline: .*token .* at least 16 characters/),
    ])
    expect(await sentenceOf('--scrape', 'http://')).toEqual([
      2,
      expect.stringMatching(/^sightline: --scrape: Cannot scrape "http:\/\/"/),
    ])
    expect(await sentenceOf('--prometheus', '/nonexistent.yml')).toEqual([
      2,
      expect.stringMatching(/^sightline: \/nonexistent\.yml cannot be read/),
    ])
    const file = join(folder.path, 'file')
    await writeFile(file, '')
    await mkdir(join(folder.path, 'data'), { recursive: true })
    expect(await sentenceOf('--data', join(file, 'below'))).toEqual([
      1,
      expect.stringMatching(/^sightline: ENOTDIR/),
    ])
  })
})
