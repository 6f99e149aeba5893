import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import { afterAll, beforeAll, expect, it } from '@jest/globals'

import { programPackage } from '../src/program.ts'

let root: string

function write(path: string, text: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'program-')))
  write('package.json', '{ "name": "monorepo", "version": "0.0.0" }')
  write('orders/package.json', '{ "name": "@acme/orders", "version": "1.2.3" }')
  write('orders/dist/package.json', '{ "type": "module" }')
  write('orders/dist/app.js', '')
  write('billing/package.json', '{ "name": "billing" }')
  write('billing/app.js', '')
  write('damaged/package.json', '{ "name": ')
  write('damaged/app.js', '')
  write('node_modules/pm2/package.json', '{ "name": "pm2", "version": "6.0.0" }')
  write('node_modules/pm2/container.js', '')
  symlinkSync(join(root, 'orders/dist/app.js'), join(root, 'link.js'))
})
afterAll(() => rmSync(root, { recursive: true }))

it.each([
  ['the nearest package.json with a name', 'orders/dist/app.js', '.', '@acme/orders', '1.2.3'],
  ['a package without a version', 'billing/app.js', '.', 'billing', undefined],
  ['the package that a link leads to', 'link.js', '.', '@acme/orders', '1.2.3'],
  ['the next one above a damaged package.json', 'damaged/app.js', '.', 'monorepo', '0.0.0'],
  [
    'the working directory under a process manager',
    'node_modules/pm2/container.js',
    'orders',
    '@acme/orders',
    '1.2.3',
  ],
  ['the working directory without a main module', '', 'billing', 'billing', undefined],
  ['the working directory where the main module is gone', 'gone/app.js', 'billing', 'billing', undefined],
])('takes %s', (_, main, cwd, name, version) => {
  expect(programPackage(main && join(root, main), join(root, cwd))).toEqual({ name, version })
})

it('finds nothing in a working directory within node_modules', () => {
  expect(programPackage('', join(root, 'node_modules/pm2'))).toBeUndefined()
})

it('names a service that is started without a package manager', () => {
  const { PATH } = process.env
  const core = fileURLToPath(new URL('../src/index.ts', import.meta.url))
  write(
    'orders/main.mjs',
    `import { createSightline } from ${JSON.stringify(core)}
    const { log, metrics } = createSightline({ log: { pretty: false } })
    log.info('started')
    console.error((await metrics.text()).match(/^service_info.*/m)[0])`,
  )
  const flags = ['--experimental-strip-types', '--no-warnings', '--conditions=@sightline/source']
  const out = execFileSync(
    'sh',
    ['-c', '"$0" "$@" 2>&1', process.execPath, ...flags, join(root, 'orders/main.mjs')],
    {
      cwd: root,
      env: { PATH },
      encoding: 'utf8',
    },
  )
  expect(out).toContain('"service":"@acme/orders"')
  expect(out).toMatch(/^service_info\{.*version="1\.2\.3".*\} 1$/m)
})
