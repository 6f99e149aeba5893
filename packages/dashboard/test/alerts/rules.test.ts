import { expect, test } from '@jest/globals'

import { activeSince, alertingOf, markOf, type Rule, stretchesOf } from '../../src/pages/alerts/rules.ts'

const rule = (name: string, more: Partial<Rule> = {}): Rule => ({
  type: 'alerting',
  name,
  query: 'up == 0',
  ...more,
})

test('rules that fire come first, pages before tickets, and rules that record are left out', () => {
  const rules = [
    rule('quiet', { state: 'inactive' }),
    rule('ticket', { state: 'firing' }),
    rule('job:up:sum', { type: 'recording' }),
    rule('soon', { state: 'pending' }),
    rule('page', { state: 'firing', labels: { severity: 'critical' } }),
    rule('broken', { state: 'inactive', lastError: 'parse error' }),
  ]
  const sorted = alertingOf([{ rules: rules.slice(0, 2) }, { rules: rules.slice(2) }])
  expect(sorted.map(({ name }) => name)).toEqual(['page', 'ticket', 'soon', 'broken', 'quiet'])
  expect(sorted.map(markOf)).toEqual(['bad', 'warn', 'wait', 'off', 'ok'])
})

test('a rule is active since its oldest alert', () => {
  const alert = (activeAt: string) => ({
    activeAt,
    labels: {},
    annotations: {},
    state: 'firing' as const,
    value: '1',
  })
  const alerts = [alert('2026-01-31T12:05:00Z'), alert('2026-01-31T12:00:00Z')]
  expect(activeSince(rule('a', { alerts }))).toBe(Date.parse('2026-01-31T12:00:00Z'))
  expect(activeSince(rule('a'))).toBeUndefined()
})

test('stretches begin and end with the values of ALERTS, those that fire last', () => {
  const lines = [
    { labels: { alertname: 'a', alertstate: 'firing' }, values: [null, null, 1, 1] },
    { labels: { alertname: 'a', alertstate: 'pending' }, values: [1, null, 1, null] },
    { labels: { alertname: 'b', alertstate: 'firing' }, values: [1, 1, 1, 1] },
  ]
  expect(stretchesOf(lines, 'a', { start: 1_000, step: 10, count: 4 })).toEqual([
    { state: 'pending', from: 1_000, to: 1_010 },
    { state: 'pending', from: 1_020, to: 1_030 },
    { state: 'firing', from: 1_020, to: 1_040 },
  ])
})
