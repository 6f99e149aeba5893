import assert from 'node:assert/strict'
import { test } from 'node:test'

const { repeat } = await import('../src/jobs.ts')
const { telemetry } = await import('../src/telemetry.ts')

test('tells of a job that has failed, and tries it again', async () => {
  const twice = Promise.withResolvers<void>()
  let attempts = 0
  repeat('count stock', 1, async () => {
    attempts++
    if (attempts === 1) throw new Error('the shelf is locked')
    twice.resolve()
  })
  // Only the job's timer is pending, and it does not keep the process alive.
  const held = setInterval(() => {}, 1_000)
  await twice.promise
  await telemetry.shutdown()
  clearInterval(held)

  const metrics = await telemetry.metrics.text()
  assert.ok(metrics.includes('job_duration_seconds_count{job="count stock",outcome="failed"} 1\n'), metrics)
  assert.match(metrics, /job_duration_seconds_count\{job="count stock",outcome="completed"\} [1-9]/)
})
