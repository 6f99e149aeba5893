import { readFile } from 'node:fs/promises'
import { setTimeout as delay } from 'node:timers/promises'

import { expect, test } from '@jest/globals'

import { SERVICE_LINE, startDemo } from './run.ts'

const LONG = 180_000

test(
  'ends by itself, with numbers that agree and a checkout that is in all three logs',
  async () => {
    const { code, output, errors } = await startDemo('--for', '3').ended()
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain('Visitors, metrics, logs and hub agree.')
    expect(output).not.toContain('DISAGREE')
    expect(output).toMatch(/^storefront +requests +(\d\d+) +\1 +\1 +\1 +agree$/m)

    const [, traceId = ''] = /by its trace id ([0-9a-f]{32})/.exec(output) ?? []
    const services = [...output.matchAll(SERVICE_LINE)]
    expect(services.map(([, name]) => name)).toEqual(['storefront', 'orders', 'payments'])
    for (const [, , , log = ''] of services) expect(await readFile(log, 'utf8')).toContain(traceId)
    expect(output).toMatch(/^storefront +POST +\/carts\/:cartId\/checkout +201/m)
    expect(output).toMatch(/^orders +POST +\/customers\/:customerId\/orders +201/m)
    expect(output).toMatch(/^payments +POST +\/payments +201/m)
    expect(output.match(/^ +of one checkout +- +- +1 +1 +agree$/gm)).toHaveLength(3)
  },
  LONG,
)

test(
  'replaces payments by a faulty release and back, and its numbers still agree',
  async () => {
    const { code, output, errors } = await startDemo('--for', '16', '--incident').ended()
    expect({ code, errors }).toEqual({ code: 0, errors: '' })
    expect(output).toContain(`Visitors, metrics, logs and hub agree.`)
    const [, , , log = ''] = [...output.matchAll(SERVICE_LINE)].find(([, name]) => name === 'payments') ?? []
    const lines = await readFile(log, 'utf8')
    // Two releases were replaced, the last one ended with the demo.
    expect(lines.match(/"msg":"payments are open"/g)).toHaveLength(3)
    expect(lines.match(/"msg":"shutdown has ended"/g)).toHaveLength(3)
  },
  LONG,
)

test(
  'sums up when it is told to end, and leaves no service behind',
  async () => {
    const demo = startDemo()
    await demo.printed(/^\d\d:\d\d {2}storefront \d/m)
    demo.child.kill('SIGINT')
    const { code, output } = await demo.ended()
    expect(code).toBe(0)
    expect(output).toContain('Visitors, metrics, logs and hub agree.')
    for (const [, , url = ''] of output.matchAll(SERVICE_LINE))
      await expect(fetch(url)).rejects.toThrow('fetch failed')
  },
  LONG,
)

test(
  'has no hub where it is told so',
  async () => {
    const { code, output } = await startDemo('--for', '1', '--no-hub').ended()
    expect(code).toBe(0)
    expect(output).toContain('Visitors, metrics and logs agree.')
    expect(output).not.toContain('hub')
  },
  LONG,
)

test(
  'takes its services along when it is killed',
  async () => {
    const demo = startDemo()
    await demo.printed(/^payments .*\.log$/m)
    demo.child.kill('SIGKILL')
    const { output } = await demo.ended()
    const urls = Array.from(output.matchAll(SERVICE_LINE), ([, , url = '']) => url)
    expect(urls).toHaveLength(3)
    // The test's timeout ends the loop if one stays alive.
    while (await isAnyAlive(urls)) await delay(20)
  },
  LONG,
)

async function isAnyAlive(urls: readonly string[]): Promise<boolean> {
  const answers = await Promise.allSettled(urls.map((url) => fetch(`${url}/stats`)))
  return answers.some(({ status }) => status === 'fulfilled')
}
