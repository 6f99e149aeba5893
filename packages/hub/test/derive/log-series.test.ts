import { expect, test } from '@jest/globals'

import { createDerivation } from '../../src/ingest/derive/derivation.ts'
import { logColumns, spanColumns } from './requests.ts'
import { createStages, NOW } from './stages.ts'

test('log records are counted by level', () => {
  const { thread, write, values } = createStages()
  const severities = [1, 4, 5, 9, 12, 13, 17, 21, 24, 0].map((severity) => ({ severity }))
  const texts = [{ text: 'WARNING' }, { text: 'constructor' }, { severity: 9, text: 'ERROR' }]
  thread().logs(logColumns('orders', [...severities, ...texts]))
  write()
  expect(values('log_records_total', 'job', 'level')).toEqual({
    'orders trace': 2,
    'orders debug': 1,
    'orders info': 3,
    'orders warn': 2,
    'orders error': 1,
    'orders fatal': 2,
    'orders unset': 2,
  })
})

const exception = { 'exception.type': 'TypeError', 'exception.message': 'no id 5' }
const ids = { traceId: '0af7651916cd43dd8448eb211c80319c', spanId: '00000000000000aa' }
const event = { name: 'exception', attributes: exception }

test('an exception that is an event of a span and in a log record of the span counts once', () => {
  const { thread, write, values } = createStages(2)
  thread(0).spans(spanColumns('orders', [{ ...ids, events: [event] }]))
  thread(1).logs(logColumns('orders', [{ ...ids, attributes: exception }]))
  write()
  expect(Object.values(values('exceptions_total', 'fingerprint'))).toEqual([1])
})

test('two exceptions of one source, of other spans, and without a span are counted each', () => {
  const { thread, write, values } = createStages()
  thread().spans(spanColumns('orders', [{ ...ids, events: [event, event] }, { events: [event] }]))
  const logs = [{ ...ids, attributes: exception }, { attributes: exception }, { attributes: exception }]
  thread().logs(logColumns('orders', logs))
  write()
  expect(values('exceptions_total', 'job', 'type')).toEqual({ 'orders TypeError': 5 })
})

test('a job that makes up exceptions has a limit', () => {
  const { thread, write, values } = createStages()
  const logs = Array.from({ length: 1_100 }, (_, n) => ({
    attributes: { 'exception.type': `E${n}`, 'exception.message': 'x' },
  }))
  thread().logs(logColumns('wild', logs))
  write()
  const counts = values('exceptions_total', 'type')
  expect(Object.keys(counts)).toHaveLength(1_001)
  expect(counts['_OTHER']).toBe(100)
})

test('deltas are empty where nothing came in', () => {
  const { thread, write, writer } = createStages()
  write()
  expect(writer.written).toEqual([])
  expect(thread().take()).toMatchObject({
    spans: [],
    logs: [],
    calls: { count: 0 },
    exceptions: [],
    dropped: 0,
  })
})

test('services that make up their names have a limit', () => {
  const { writer, series } = createStages()
  const logs = Array.from({ length: 50_100 }, (_, n) => ({ job: `job-${n}`, level: 'info', count: 1 }))
  series.add({ ...createDerivation().take(), logs })
  Array.from(series.write(writer, NOW))
  expect(writer.written).toHaveLength(50_000)
})
