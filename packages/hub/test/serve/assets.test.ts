import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { ask, startEdge } from '../edge/edge.ts'

const folder = mkdtempSync(join(tmpdir(), 'hub-assets-'))
beforeAll(() => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Dashboard</title>')
  writeFileSync(join(folder, 'assets/main-BxK3v0aQ.js'), 'plain()')
  writeFileSync(join(folder, 'assets/main-BxK3v0aQ.js.gz'), gzipSync('plain()'))
  writeFileSync(join(folder, 'assets/main-BxK3v0aQ.js.br'), 'as brotli')
  writeFileSync(join(folder, 'secrets.env'), 'of no known type')
})
afterAll(() => rmSync(folder, { recursive: true }))

test('a page of the dashboard is the same file at every path without a dot, and for every name', async () => {
  const { port } = await startEdge({ assets: folder })
  for (const path of ['/', '/traces', '/services/a%20b', "/services/shop.api(1)!*'", '/traces?id=1']) {
    const said = await ask(port, path)
    expect(said).toMatchObject({
      status: 200,
      headers: { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache' },
    })
    expect(said.body).toContain('Dashboard')
  }
  for (const path of [
    '/missing.js',
    '/secrets.env',
    '/../package.json',
    '/services/../package.json',
    '/assets',
  ])
    expect([path, (await ask(port, path)).status]).toEqual([path, path === '/assets' ? 200 : 404])
})

test('a file with a hash in its name is immutable, and is sent compressed where the client takes it', async () => {
  const { port } = await startEdge({ assets: folder })
  const path = '/assets/main-BxK3v0aQ.js'
  const plain = await ask(port, path)
  expect(plain).toMatchObject({ status: 200, body: 'plain()' })
  expect(plain.headers['cache-control']).toBe('public, max-age=31536000, immutable')
  const encodings = [
    ['gzip', 'gzip'],
    ['gzip, br', 'br'],
    ['br;q=0, gzip;q=0.5', 'gzip'],
    ['identity', undefined],
    ['brx', undefined],
  ] as const
  for (const [accepted, encoding] of encodings) {
    const said = await ask(port, path, { headers: { 'accept-encoding': accepted } })
    expect([accepted, said.headers['content-encoding']]).toEqual([accepted, encoding])
    expect(said.headers.vary).toBe('accept-encoding')
  }
})

test('a browser that has the file gets 304', async () => {
  const { port } = await startEdge({ assets: folder })
  const { headers } = await ask(port, '/')
  const said = await ask(port, '/', { headers: { 'if-none-match': String(headers.etag) } })
  expect(said).toMatchObject({ status: 304, body: '' })
})

test('a hub without the files has one page that names its endpoints', async () => {
  const { port } = await startEdge()
  const said = await ask(port, '/')
  expect(said.status).toBe(200)
  for (const text of ['/v1/traces', 'OTEL_EXPORTER_OTLP_ENDPOINT', '/api/v1/query', '/jaeger'])
    expect(said.body).toContain(text)
  expect(said.body).not.toMatch(/<script|<style|style=/)
  expect(await ask(port, '/traces')).toMatchObject({ status: 404 })
  expect(await ask(port, '/', { method: 'POST' })).toMatchObject({ status: 405 })
})
