import { mkdir, mkdtemp, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { environmentOf, replacedBy } from '../src/run/environment.ts'
import { startAnswers } from './answering-hub.ts'
import { startCli } from './cli.ts'
import { temporaryFolder } from './folder.ts'

const live = { '/health/live': { body: { status: 'healthy' } } }

let bare: string
let equipped: string

beforeAll(async () => {
  bare = await realpath(await mkdtemp(join(tmpdir(), 'sightline-run-')))
  equipped = join(bare, 'equipped folder')
  const otel = join(equipped, 'node_modules/@sightline/otel')
  await mkdir(otel, { recursive: true })
  await writeFile(
    join(otel, 'package.json'),
    JSON.stringify({ name: '@sightline/otel', type: 'module', exports: { './register': './register.js' } }),
  )
  await writeFile(join(otel, 'register.js'), 'globalThis.registered = (globalThis.registered ?? 0) + 1\n')
  await writeFile(join(equipped, 'npm-cli.js'), 'console.log("npm", globalThis.registered ?? 0)\n')
})

afterAll(() => rm(bare, { recursive: true }))

const printing = (expression: string) => ['node', '-p', expression]

describe('sightline run', () => {
  test('sets where telemetry goes, and says what to install', async () => {
    await using hub = await startAnswers(live)
    const names = ['ENDPOINT', 'PROTOCOL', 'HEADERS'].map((name) => `process.env.OTEL_EXPORTER_OTLP_${name}`)
    const run = startCli(
      ['run', '--hub', hub.url, '--token', 'a secret', '--', ...printing(`[${names.join()}].join(' ')`)],
      { cwd: bare },
    )
    expect(await run.ended()).toMatchObject({
      code: 0,
      out: `${hub.url} http/protobuf authorization=Bearer%20a%20secret\n`,
      err: expect.stringMatching(
        /^This folder has no @sightline\/otel\. To send .*: npm install @sightline\/otel\n/,
      ),
    })
  })

  test('preloads the telemetry of the application, in its processes and not in package managers', async () => {
    await using hub = await startAnswers(live)
    const inner = `require('node:child_process').execFileSync('node', ['-p', 'globalThis.registered'], { cwd: '/' }).toString().trim()`
    const run = startCli(
      ['run', '--hub', hub.url, '--', ...printing(`[globalThis.registered, ${inner}].join(' ')`)],
      { cwd: equipped },
    )
    expect(await run.ended()).toMatchObject({ code: 0, out: '1 1\n', err: '' })
    const npm = startCli(['run', '--hub', hub.url, '--', 'node', 'npm-cli.js'], { cwd: equipped })
    expect(await npm.ended()).toMatchObject({ code: 0, out: 'npm 0\n', err: '' })
  })

  test('returns the exit code of the program', async () => {
    await using hub = await startAnswers(live)
    const codeOf = async (...program: readonly string[]) =>
      (await startCli(['run', '--hub', hub.url, '--', ...program], { cwd: equipped }).ended()).code
    expect(await codeOf('node', '-e', 'process.exit(7)')).toBe(7)
    expect(await codeOf('node', '-e', 'process.kill(process.pid, "SIGKILL")')).toBe(137)
    expect(await codeOf('no-such-program')).toBe(127)
    expect(await codeOf(equipped)).toBe(126)
  })

  test.each(['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGUSR2'] as const)(
    'forwards %s, and waits for the program',
    async (signal) => {
      await using hub = await startAnswers(live)
      const program = `process.on('${signal}', () => { console.log('told'); process.exit(3) }); setInterval(() => {}, 1e6); console.log('up')`
      const run = startCli(['run', '--hub', hub.url, '--', 'node', '-e', program], { cwd: equipped })
      await run.says(/up/)
      run.kill(signal)
      expect(await run.ended()).toMatchObject({ code: 3, signal: null, out: 'up\ntold\n' })
    },
  )

  test('starts a hub where none answers, for as long as the program runs', async () => {
    await using folder = await temporaryFolder()
    const program = `
      const url = process.env.OTEL_EXPORTER_OTLP_ENDPOINT
      const message = { resourceLogs: [{ scopeLogs: [{ logRecords: [{ severityNumber: 9, body: { stringValue: 'sent' } }] }] }] }
      const sent = await fetch(url + '/v1/logs', { method: 'POST', body: JSON.stringify(message), headers: { 'content-type': 'application/json' } })
      console.log(url, sent.status)
      process.exitCode = 9`
    const args = ['--port', '0', '--data', join(folder.path, 'data')]
    const run = startCli(['run', ...args, '--', 'node', '--input-type=module', '-e', program], {
      cwd: equipped,
    })
    const { code, out, err } = await run.ended()
    const [, url = ''] = /^Sightline is at (http:\S+)\./.exec(err) ?? []
    expect({ code, out }).toEqual({ code: 9, out: `${url} 200\n` })
    await expect(fetch(url)).rejects.toThrow('fetch failed')
  })

  test('does not run the program where the named hub does not answer', async () => {
    const run = startCli(['run', '--hub', 'http://127.0.0.1:9', '--', ...printing('1')])
    expect(await run.ended()).toMatchObject({
      code: 1,
      out: '',
      err: 'sightline: No hub answers at http://127.0.0.1:9\n',
    })
  })
})

describe('the environment of the program', () => {
  const hub = { url: 'http://127.0.0.1:4318', token: undefined }

  test('has short intervals where the user has set none', () => {
    expect(environmentOf({ OTEL_BSP_SCHEDULE_DELAY: '9' }, hub, undefined)).toEqual({
      OTEL_BSP_SCHEDULE_DELAY: '9',
      OTEL_BLRP_SCHEDULE_DELAY: '500',
      OTEL_METRIC_EXPORT_INTERVAL: '5000',
      OTEL_METRIC_EXPORT_TIMEOUT: '5000',
      OTEL_EXPORTER_OTLP_ENDPOINT: hub.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    })
    expect(environmentOf({ OTEL_METRIC_EXPORT_INTERVAL: '60000' }, hub, undefined)).not.toHaveProperty(
      'OTEL_METRIC_EXPORT_TIMEOUT',
    )
  })

  test('has no other destination, and the user is told', () => {
    const env = {
      OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:4318/',
      OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'https://vendor/v1/traces',
      OTEL_EXPORTER_OTLP_LOGS_PROTOCOL: 'grpc',
      OTEL_EXPORTER_OTLP_HEADERS: 'key=secret',
      OTEL_SERVICE_NAME: 'shop',
    }
    expect(
      Object.keys(environmentOf(env, hub, undefined))
        .filter((name) => name.includes('OTLP'))
        .toSorted(),
    ).toEqual(['OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_PROTOCOL'])
    expect(environmentOf(env, hub, undefined)).toMatchObject({ OTEL_SERVICE_NAME: 'shop' })
    expect(replacedBy(hub, env)).toEqual([
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=https://vendor/v1/traces',
      'OTEL_EXPORTER_OTLP_HEADERS',
    ])
  })

  test('keeps the options of node that the user has', () => {
    expect(environmentOf({ NODE_OPTIONS: '--enable-source-maps ' }, hub, 'file:///a.js')).toMatchObject({
      NODE_OPTIONS: '--enable-source-maps --import file:///a.js',
    })
  })
})
