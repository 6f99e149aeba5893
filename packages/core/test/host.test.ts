import { statfsSync } from 'node:fs'
import { availableParallelism, totalmem } from 'node:os'

import { expect, it } from '@jest/globals'
import { createSightline } from '@sightline/core'

async function scraped(host = true): Promise<Map<string, number>> {
  const sightline = createSightline({ metrics: { runtime: false, host } })
  const text = await sightline.metrics.text()
  await sightline.close()
  return new Map(
    text
      .split('\n')
      .filter((line) => /^(?:system|process_cgroup)_/.test(line))
      .map((line) => {
        const at = line.lastIndexOf(' ')
        return [line.slice(0, at), Number(line.slice(at + 1))] as const
      }),
  )
}

it('tells what the machine has and uses', async () => {
  const host = await scraped()
  expect(host.get('system_memory_limit_bytes')).toBe(totalmem())
  expect(host.get('system_cpu_logical_cores')).toBe(availableParallelism())
  const states = ['used', 'free', 'buffers', 'cached']
  const memory = states.map((state) => host.get(`system_memory_usage_bytes{state="${state}"}`) ?? Number.NaN)
  expect(memory.reduce((sum, bytes) => sum + bytes, 0)).toBeCloseTo(totalmem(), -6)
  const { bsize, blocks } = statfsSync(process.cwd())
  const space = ['used', 'free', 'reserved'].map(
    (state) => host.get(`system_filesystem_usage_bytes{state="${state}"}`) ?? Number.NaN,
  )
  expect(space.reduce((sum, bytes) => sum + bytes, 0)).toBe(bsize * blocks)
  expect(host.get('system_cpu_load_average_1m')).toBeGreaterThanOrEqual(0)
  expect([...host.values()].every((value) => Number.isFinite(value) && value >= 0)).toBe(true)
})

it('measures what the machine does', async () => {
  const busy = 'system_cpu_time_seconds_total{state="user"}'
  const sent = 'system_network_io_bytes_total{device="lo",direction="transmit"}'
  const before = await scraped()
  const start = process.cpuUsage()
  // What the processor does is counted in hundredths of a second.
  while (process.cpuUsage(start).user < 50_000);
  const { createServer } = await import('node:http')
  const server = createServer((_req, res) => res.end('x'.repeat(100_000)))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as { port: number }
  await (await fetch(`http://127.0.0.1:${port}`)).text()
  server.close()
  server.closeAllConnections()
  const after = await scraped()
  expect((after.get(busy) ?? 0) - (before.get(busy) ?? 0)).toBeGreaterThanOrEqual(0.03)
  expect((after.get(sent) ?? 0) - (before.get(sent) ?? 0)).toBeGreaterThan(100_000)
})

it('tells nothing of the machine where that is switched off', async () => {
  expect((await scraped(false)).size).toBe(0)
})
