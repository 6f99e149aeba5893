import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

import { type RunningProgram, startProgram } from './program.ts'

const DEADLINE_MS = 60_000
const LONG = 180_000

type Line = Readonly<Record<string, unknown>>

/** A log query, like in a log store. */
interface Query {
  readonly question: string
  readonly where: (line: Line) => boolean
  readonly select: (line: Line) => unknown
}

const requestOf = ({ req }: Line) => req as { readonly url: string; readonly id: string } | undefined
const statusOf = ({ res }: Line) => (res as { readonly statusCode: number } | undefined)?.statusCode
const isEvent = ({ res }: Line) => res !== undefined

const QUERIES: readonly Query[] = [
  {
    question: 'how requests ended',
    where: isEvent,
    select: (line) => [line.level, line.msg, requestOf(line)?.url, statusOf(line)],
  },
  {
    question: 'what failed',
    where: ({ level }) => Number(level) >= 50,
    select: (line) => [requestOf(line)?.url, statusOf(line), line.msg],
  },
  {
    question: 'what a tenant did',
    where: (line) => isEvent(line) && line.tenant === 'acme',
    select: (line) => [requestOf(line)?.id, requestOf(line)?.url],
  },
  {
    question: 'what a request was',
    where: (line) => isEvent(line) && requestOf(line)?.id === 'id-2',
    select: ({ req }) => req,
  },
  {
    question: 'which process it was',
    where: isEvent,
    select: ({ pid, hostname, time }) => [typeof pid, typeof hostname, typeof time],
  },
]

const REQUESTS = [
  { path: '/orders/7', headers: { 'x-request-id': 'id-1', 'x-tenant': 'acme' } },
  { path: '/orders/13', headers: { 'x-request-id': 'id-2', 'x-tenant': 'acme' } },
  { path: '/nothing', headers: { 'x-request-id': 'id-3' } },
  { path: '/orders/14', headers: { 'x-request-id': 'id-14' } },
  { path: '/ping', headers: { 'x-request-id': 'id-4' } },
  // The last request: its event shows that all lines are written.
  { path: '/orders/8', headers: { 'x-request-id': 'last' } },
]

const programs: RunningProgram[] = []
let before: readonly Line[]
let after: readonly Line[]

beforeAll(async () => {
  ;[before, after] = await Promise.all([linesOf('before'), linesOf('after')])
}, LONG)

afterAll(() => Promise.all(programs.map((program) => program.stop())))

describe('the queries of a log that pino-http wrote', () => {
  it.each(QUERIES)('find the same of $question', ({ where, select }) => {
    const found = before.filter(where).map(select)
    expect(found).not.toEqual([])
    expect(after.filter(where).map(select)).toEqual(found)
  })

  it('find requests by their route, the error that was thrown, and lines of handlers by the id', () => {
    expect(before.filter(({ route }) => route !== undefined)).toEqual([])
    expect(after.filter(({ route }) => route === '/orders/:id')).toHaveLength(4)
    const failed = (lines: readonly Line[]) => lines.find(({ level }) => level === 50)?.err
    expect(failed(before)).toMatchObject({ message: 'failed with status code 500' })
    expect(failed(after)).toMatchObject({ message: 'order 13 is cursed' })
    const handlers = after.filter(({ request_id, res }) => request_id === 'id-1' && res === undefined)
    expect(handlers).toMatchObject([{ msg: 'order shown', iban: '[redacted]' }])
  })
})

async function linesOf(side: 'before' | 'after'): Promise<readonly Line[]> {
  const program = await startProgram('pino-http', side)
  programs.push(program)
  for (const { path, headers } of REQUESTS) {
    const response = await fetch(`http://${program.address}${path}`, { headers })
    await response.arrayBuffer()
    expect(response.headers.get('x-request-id')).toBe(headers['x-request-id'])
  }
  const end = Date.now() + DEADLINE_MS
  for (;;) {
    const lines = program.lines()
    if (lines.some((line) => isEvent(line) && requestOf(line)?.id === 'last')) return lines
    if (Date.now() > end) throw new Error(`the last event is missing: ${JSON.stringify(lines)}`)
    // Polls: there is no event for a log line of another process.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
