import { afterAll, beforeAll, describe, expect, test } from '@jest/globals'

import { type Conversation, converse } from './conversation.ts'
import type { Event } from './part.ts'
import { Parts } from './processes.ts'

const MODULES = ['express', 'express-mounted', 'koa', 'fastify', 'nest'] as const

/** The same parts, with and without the kit. */
const twins = await Promise.all(
  MODULES.map(async (module) => {
    const start = (mode: 'kit' | 'bare') => Parts.start(`./${module}.ts`, mode)
    const [kit, bare] = await Promise.all([start('kit'), start('bare')])
    return { module, kit, bare }
  }),
)

afterAll(() => {
  for (const { kit, bare } of twins) for (const parts of [kit, bare]) parts.stop()
})

describe.each(twins)('$module', ({ kit, bare }) => {
  describe.each(kit.served)('$name', ({ name, port, asks }) => {
    const rows = asks.map((ask, n) => ({
      ...ask,
      n,
      id: `${n}`,
      title: `${ask.method ?? (ask.webSocket ? 'WebSocket' : 'GET')} ${ask.path} (${ask.status})`,
      pattern: ask.route ?? 'unmatched',
    }))
    const barePort = bare.served.find((each) => each.name === name)?.port ?? 0
    const seen: Array<{ readonly withKit: Conversation; readonly without: Conversation }> = []
    let events: readonly Event[]

    beforeAll(async () => {
      // In sequence: remembered client data, such as rates, is then equal on both sides.
      for (const row of rows) {
        const [withKit, without] = await Promise.all([
          converse(port, row, row.id),
          converse(barePort, row, row.id),
        ])
        seen.push({ withKit, without })
      }
      const upgraded = rows.filter(({ webSocket }) => webSocket !== undefined).map(({ id }) => id)
      events = await kit.eventsOf(name, [...upgraded, ...seen.flatMap(({ withKit }) => withKit.ids)])
    })

    test.each(rows)('answers as without the kit, with the id of the request beside it: $title', (row) => {
      const { withKit, without } = seen[row.n] ?? {}
      expect(without?.statuses[0]).toBe(row.status)
      expect({ text: withKit?.text, fate: withKit?.fate }).toEqual({
        text: without?.text,
        fate: without?.fate,
      })
      expect(without?.ids).toEqual([])
      if (row.webSocket === undefined)
        expect(withKit?.ids).toEqual([row.id, `${row.id}-last`].slice(0, withKit?.statuses.length))
    })

    test('has one access event for each request', () => {
      const ids = events.map(({ id }) => id)
      expect(ids).toEqual([...new Set(ids)])
      // A request after a response that closes the connection is still seen, but has no response.
      const answered = new Set(seen.flatMap(({ withKit }) => withKit.ids))
      for (const { id, outcome } of events)
        if (id.endsWith('-last') && !answered.has(id))
          expect({ id, outcome }).toEqual({ id, outcome: 'aborted' })
    })

    test.each(rows)('counts it under $pattern: $title', ({ id, route, status }) => {
      const event = events.find((each) => each.id === id)
      expect(event).toMatchObject({ route: route ?? null, status })
    })
  })

  test('had nothing to complain of', () => {
    expect(kit.complaints.filter((line) => line.includes('sightline:'))).toEqual([])
  })
})
