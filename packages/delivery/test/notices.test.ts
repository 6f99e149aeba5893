import { beforeEach, expect, it } from '@jest/globals'

import { createNotices, type DeliveryNotice, type Notices } from '../src/notices.ts'

let notices: DeliveryNotice[]
beforeEach(() => {
  notices = []
})

function create(calmMs?: number): Notices {
  const url = new URL('https://user:password@collector.example/v1/traces?key=secret')
  return createNotices(
    { destination: 'otlp', signal: 'traces', url },
    (notice) => notices.push(notice),
    calmMs,
  )
}
const messages = () => notices.map(({ level, message }) => `${level} ${message}`)

it('tells once that something is lost, and once how much was when no more is', () => {
  const said = create(0)
  said.dropped(5, 'overflow')
  said.dropped(7, 'overflow')
  said.dropped(1, 'http_400')
  said.delivered()
  said.delivered()
  expect(messages()).toEqual([
    'warn sightline: otlp traces are being lost: overflow',
    'info sightline: no more otlp traces are lost; 13 were',
  ])
  expect(notices[1]?.fields).toMatchObject({ lost: { overflow: 12, http_400: 1 } })
})

it('takes losses and outages that follow each other for one', () => {
  const said = create()
  for (let i = 0; i < 100; i++) {
    said.dropped(1, 'rejected', 'too old')
    said.delivered()
    for (let failures = 1; failures <= 3; failures++) said.failed('it answers 503', failures)
    said.delivered()
  }
  expect(notices).toEqual([
    {
      level: 'warn',
      message: 'sightline: otlp traces are being lost: rejected (too old)',
      fields: { destination: 'otlp', signal: 'traces', reason: 'rejected', why: 'too old' },
    },
    expect.objectContaining({ level: 'warn', message: expect.stringContaining('cannot be delivered') }),
  ])
})

it('does not speak of a failure or two, and shows no password or key when it speaks', () => {
  const said = create(0)
  said.failed('it answers 503', 1)
  said.failed('it answers 503', 2)
  said.delivered()
  expect(notices).toEqual([])
  for (let failures = 1; failures < 50; failures++) said.failed('it answers 503', failures)
  said.delivered()
  expect(messages()).toEqual([
    'warn sightline: otlp traces cannot be delivered to https://collector.example/v1/traces: it answers 503. They are kept and tried again',
    'info sightline: otlp traces are delivered again, after 0 s',
  ])
})
