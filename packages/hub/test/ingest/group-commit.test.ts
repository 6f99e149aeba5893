import { expect, test } from '@jest/globals'

import type { FromThread } from '../../src/ingest/protocol.ts'
import { GroupCommit, type Written } from '../../src/ingest/threads/group-commit.ts'

const written = (id: number, bytes = 100): Written => ({
  id,
  result: { rejected: 0, reason: '' },
  bytes,
  counts: [{ signal: 'logs', job: 'a', items: 1 }],
})

function group() {
  const messages: FromThread[] = []
  const calls: string[] = []
  const state = { now: 1_000, commitMs: 0, error: undefined as unknown }
  const commits = new GroupCommit(
    {
      commit() {
        calls.push('commit')
        state.now += state.commitMs
        if (state.error !== undefined) throw state.error
      },
      rollback: () => void calls.push('rollback'),
      send: (message) => void messages.push(message),
    },
    { now: () => state.now },
  )
  return { commits, messages, calls, state }
}

const diskFull = Object.assign(new Error('database or disk is full'), { errcode: 13 })

test('a lone request is committed at once, and acknowledged after the commit', () => {
  const { commits, messages, calls } = group()
  expect(commits.dueMs(true)).toBeUndefined()
  commits.begin()
  commits.add(written(1))
  expect(commits.dueMs(true)).toBe(0)
  expect(messages).toEqual([])
  commits.commit()
  expect(calls).toEqual(['commit'])
  expect(messages).toMatchObject([
    { kind: 'settled', settled: [{ id: 1, result: { rejected: 0 } }], bytes: 100 },
  ])
  commits.commit()
  expect(calls).toEqual(['commit'])
})

test('requests that wait are committed together, at 50 ms or 4 MB', () => {
  const { commits, messages, state } = group()
  commits.add(written(1))
  expect(commits.dueMs(false)).toBe(50)
  state.now += 30
  commits.add(written(2))
  expect(commits.dueMs(false)).toBe(20)
  state.now += 20
  expect(commits.dueMs(false)).toBe(0)
  commits.commit()
  expect(messages[0]).toMatchObject({
    settled: [{ id: 1 }, { id: 2 }],
    bytes: 200,
    counts: [{ items: 1 }, { items: 1 }],
  })
  commits.add(written(3, 4_000_000))
  expect(commits.dueMs(false)).toBe(0)
})

test('after a long commit, the next one waits for more requests, but for 50 ms at most', () => {
  const { commits, state } = group()
  state.commitMs = 10
  commits.add(written(1))
  commits.commit()
  commits.add(written(2))
  expect(commits.dueMs(true)).toBe(30)
  state.now += 30
  expect(commits.dueMs(true)).toBe(0)
  state.commitMs = 100
  commits.commit()
  commits.add(written(3))
  expect(commits.dueMs(true)).toBe(50)
})

test('a failed commit refuses all requests of its group, and tells of the failure and its end once', () => {
  const { commits, messages, calls, state } = group()
  state.error = diskFull
  for (const id of [1, 2]) {
    commits.add(written(id))
    commits.add(written(id + 10))
    commits.commit()
  }
  expect(calls).toEqual(['commit', 'rollback', 'commit', 'rollback'])
  const refusals = messages.filter((message) => message.kind === 'settled')
  const refusal = { status: 503, reason: 'disk_full', retryAfter: 10 }
  expect(refusals).toMatchObject([
    {
      settled: [
        { id: 1, refusal },
        { id: 11, refusal },
      ],
      counts: [],
    },
    {
      settled: [
        { id: 2, refusal },
        { id: 12, refusal },
      ],
      counts: [],
    },
  ])
  const notices = () => messages.filter((message) => message.kind === 'notice')
  expect(notices()).toMatchObject([
    { level: 'error', message: expect.stringContaining('database or disk is full') },
  ])
  state.error = undefined
  for (const id of [3, 4]) {
    commits.add(written(id))
    commits.commit()
  }
  expect(notices()).toMatchObject([
    { level: 'error' },
    { level: 'info', message: 'The hub can store again.' },
  ])
})

test('requests that wait beside a faulty one are to be sent again', () => {
  const { commits, messages } = group()
  commits.add(written(1))
  commits.fail(new TypeError('a fault'))
  expect(messages).toMatchObject([
    { kind: 'notice', level: 'error' },
    { kind: 'settled', settled: [{ id: 1, refusal: { status: 503, reason: 'internal', retryAfter: 1 } }] },
  ])
})
