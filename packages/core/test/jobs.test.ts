import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'

import { createSightline, type Sightline } from '../src/index.ts'

let sightline: Sightline
let lines: string[]

beforeEach(() => {
  lines = []
  sightline = createSightline({
    service: 'test',
    log: { destination: { write: (line) => lines.push(line) } },
    metrics: { runtime: false, host: false, maxSeries: 3 },
  })
})
afterEach(() => sightline.close())

const records = () => lines.map((line) => JSON.parse(line) as Record<string, unknown>)

async function samples(prefix: string): Promise<string[]> {
  return (await sightline.metrics.text()).split('\n').filter((line) => line.startsWith(prefix))
}

describe('a job', () => {
  it('is told of in one event with its duration and what was set in it', async () => {
    const { context, log } = sightline
    const result = await sightline.job(
      'send-mail',
      async () => {
        log.info('rendering')
        await Promise.resolve()
        context.set({ mails: 3 })
        return 'sent'
      },
      { fields: { tenant: 'acme' } },
    )
    expect(result).toBe('sent')
    const [rendering, event] = records()
    expect(event).toMatchObject({
      level: 'info',
      msg: 'job completed',
      job: 'send-mail',
      tenant: 'acme',
      mails: 3,
      outcome: 'completed',
      duration_ms: expect.any(Number),
      request_id: rendering?.request_id,
      trace_id: rendering?.trace_id,
    })
    expect(lines).toHaveLength(2)
  })

  it('is an error with what it threw, and throws that on', async () => {
    const error = new Error('no such mailbox')
    const failing = () => {
      throw error
    }
    expect(() => sightline.job('send-mail', failing)).toThrow(error)
    await expect(sightline.job('send-mail', async () => failing())).rejects.toBe(error)
    expect(records()).toMatchObject(
      Array.from({ length: 2 }, () => ({
        level: 'error',
        msg: 'job failed',
        job: 'send-mail',
        outcome: 'failed',
        err: { message: 'no such mailbox' },
      })),
    )
  })

  it('is counted while it is under way, and measured by how it ended', async () => {
    const end = Promise.withResolvers<void>()
    const running = [1, 2].map(() => sightline.job('import', () => end.promise))
    expect(await samples('jobs_in_progress')).toEqual(['jobs_in_progress{job="import"} 2'])
    end.resolve()
    await Promise.all(running)
    await sightline.job('import', () => Promise.reject(new Error('x'))).catch(() => {})
    expect(await samples('jobs_in_progress')).toEqual(['jobs_in_progress{job="import"} 0'])
    expect(await samples('job_duration_seconds_count')).toEqual([
      'job_duration_seconds_count{job="import",outcome="completed"} 2',
      'job_duration_seconds_count{job="import",outcome="failed"} 1',
    ])
  })

  it('returns the very promise, so that nobody has another rejection to handle', () => {
    const promise = Promise.resolve(1)
    expect(sightline.job('import', () => promise)).toBe(promise)
  })

  it('has its own name in its lines, whatever a field or the job around it is called', () => {
    sightline.job('outer', () => sightline.job('inner', () => {}, { fields: { job: 'other', step: 1 } }))
    expect(records()).toMatchObject([
      { msg: 'job completed', job: 'inner', step: 1 },
      { msg: 'job completed', job: 'outer' },
    ])
  })

  it('ends in one overflow series where there are too many names', async () => {
    for (let i = 0; i < 10; i++) sightline.job(`import-${i}`, () => {})
    expect(await samples('job_duration_seconds_count')).toHaveLength(4)
    expect(await samples('job_duration_seconds_count{job="overflow"')).toEqual([
      'job_duration_seconds_count{job="overflow",outcome="completed"} 7',
    ])
    expect(await samples('jobs_in_progress{job="overflow"}')).toEqual(['jobs_in_progress{job="overflow"} 0'])
  })

  it('carries an exemplar of the trace that its message brought along', async () => {
    const { context, job } = sightline
    const traceparent = '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'
    job('import', () => {}, { from: context.extract({ traceparent }) })
    expect(await sightline.metrics.text('openmetrics')).toMatch(
      /job_duration_seconds_bucket\{.*# \{trace_id="0af7651916cd43dd8448eb211c80319c"/,
    )
  })
})

describe('fields of their own', () => {
  it('are no job, whatever their names are', async () => {
    sightline.context.run({ step: 2, job: 'import' }, () => sightline.log.info('working'))
    expect(records()).toMatchObject([{ msg: 'working', step: 2, job: 'import' }])
    expect(await samples('job_duration_seconds_count')).toEqual([])
  })

  it('within a job are a part of it', async () => {
    const { context, job } = sightline
    job('import', () => context.run({ step: 2 }, () => {}))
    expect(records()).toHaveLength(1)
    expect(await samples('job_duration_seconds_count')).toEqual([
      'job_duration_seconds_count{job="import",outcome="completed"} 1',
    ])
  })
})
