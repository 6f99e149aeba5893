import { describe, expect, it } from '@jest/globals'
import { createSecrets } from '@sightline/secrets'
import { type Level, pino } from 'pino'

import { pinoAccessLog, textAccessLog } from '../src/access/access-log.ts'
import { accessText } from '../src/access/access-text.ts'
import { ScopeStorage } from '../src/context/scopes.ts'
import { levelNumber, LogLevels } from '../src/log/levels.ts'
import { serviceLogger } from '../src/log/logger.ts'
import type { LogLevel } from '../src/options/rules.ts'
import { createPrinter } from '../src/printing/printer.ts'
import { pathPatterns } from '../src/record/path.ts'
import type { RequestRecord } from '../src/seam.ts'
import { record } from './record.ts'

const printer = createPrinter(createSecrets([]))
const fault = (source: string, error: unknown) => {
  throw new Error(`${source} failed`, { cause: error })
}

/** The two ways in which the event is written. They have to say the same. */
const ways = {
  'as text': (level: LogLevel) => {
    const lines: string[] = []
    const destination = { write: (line: string) => void lines.push(line) }
    return {
      lines,
      access: textAccessLog(accessText('test', printer), () => levelNumber(level), destination),
    }
  },
  'through pino': (level: LogLevel) => {
    const lines: string[] = []
    const options = {
      level,
      base: null,
      timestamp: false,
      formatters: { level: (label: string) => ({ level: label }) },
    }
    const logger = pino(options, { write: (line: string) => void lines.push(line) })
    const setup = {
      storage: new ScopeStorage(),
      printer,
      levels: new LogLevels(),
      keepsQuiet: false,
      fault,
      layers: new WeakMap(),
    }
    const isWanted = (_: RequestRecord, each: Level) => levelNumber(each) >= logger.levelVal
    return { lines, access: pinoAccessLog(serviceLogger(logger, setup, 'test'), isWanted, printer) }
  },
}

describe.each(Object.entries(ways))('the access event, written %s', (_, way) => {
  const written = (differences: Partial<RequestRecord>, level: LogLevel = 'info') => {
    const { lines, access } = way(level)
    access(record(differences))
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>)
  }

  it('has all fields of the contract', () => {
    const [event] = written({
      durationMs: 12.3456,
      requestBytes: 3,
      responseBytes: 5,
      userAgent: 'curl',
      fields: { tenant: 't' },
    })
    expect(event).toMatchObject({
      level: 'info',
      service: 'test',
      request_id: 'id-1',
      trace_id: 'a'.repeat(32),
      span_id: 'b'.repeat(16),
      method: 'GET',
      path: '/r',
      route: '/r',
      status: 200,
      duration_ms: 12.346,
      outcome: 'completed',
      request_bytes: 3,
      response_bytes: 5,
      client_ip: '127.0.0.1',
      user_agent: 'curl',
      tenant: 't',
      msg: 'request completed',
    })
  })

  it.each([
    ['an answer', {}, 'info', 'request completed'],
    ['a 404', { status: 404, route: undefined }, 'info', 'request completed'],
    ['a 422 that was thrown', { status: 422, error: new Error('no') }, 'info', 'request completed'],
    ['a 500', { status: 500 }, 'error', 'request failed'],
    ['a 503 that was thrown', { status: 503, error: new Error('no') }, 'error', 'request failed'],
    [
      'an error after a good status',
      { status: 200, outcome: 'aborted', error: new Error('no') },
      'error',
      'request failed',
    ],
    ['a response that was broken off', { outcome: 'broken' }, 'error', 'request failed'],
    ['a client that left', { status: undefined, outcome: 'aborted' }, 'warn', 'request aborted'],
    [
      'an error that the leaving made',
      { status: undefined, outcome: 'aborted', error: Object.assign(new Error('x'), { code: 'ECONNRESET' }) },
      'warn',
      'request aborted',
    ],
    [
      'a broken connection to another service',
      { status: 200, error: Object.assign(new Error('x'), { code: 'ECONNRESET' }) },
      'error',
      'request failed',
    ],
  ] as const)('has a level and a message by how it ended: %s', (_name, differences, level, msg) => {
    expect(written(differences)).toMatchObject([{ level, msg }])
  })

  it('tells where a failure was made, and not where a refusal was', () => {
    expect(written({ status: 500, error: new Error('no') })).toMatchObject([
      { err: { stack: expect.any(String) } },
    ])
    expect(written({ status: 404, error: new Error('no') })[0]?.err).toEqual({ type: 'Error', message: 'no' })
  })

  it('is written from its level on', () => {
    expect(written({}, 'warn')).toEqual([])
    expect(written({ status: 500 }, 'warn')).toHaveLength(1)
    expect(written({ status: 500 }, 'silent')).toEqual([])
  })

  it('cannot be forged by what a client sends', () => {
    const hostile = '/"}\n{"level":"fatal","msg":"forged'
    expect(written({ path: hostile, userAgent: hostile, clientIp: hostile, route: hostile })).toMatchObject([
      { level: 'info', path: hostile, user_agent: hostile, client_ip: hostile, route: hostile },
    ])
  })

  it('masks what a client sends', () => {
    const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'
    const text = JSON.stringify(written({ path: `/reset/${token}`, userAgent: `x Bearer ${token}` }))
    expect(text).not.toContain(token)
  })
})

it.each([
  ['/assets/a.js', true],
  ['/assets/', true],
  ['/favicon.ico', true],
  ['/favicon.ico/x', false],
  ['/', false],
])('leaves out silent paths: %s', (path, silent) => {
  expect(pathPatterns(['/assets/*', '/favicon.ico'])(path)).toBe(silent)
})
