import { AssertionError } from 'node:assert'

import { expect, it } from '@jest/globals'
import { createSightline } from '@sightline/core'

import { captureLogs } from '../src/index.ts'

it('is a destination', () => {
  const logs = captureLogs()
  const { log } = createSightline({ service: 'jobs', log: { destination: logs, pretty: false } })
  log.info({ a: 1 }, 'one')
  log.warn('two')
  expect(logs.lines).toMatchObject([{ a: 1, msg: 'one', service: 'jobs' }, { msg: 'two' }])
  expect(logs.texts[0]).toMatch(/^\{"level":"info".*\}\n$/)
  logs.assert({ msg: 'one' }, { msg: /^tw/ })
  expect(() => logs.assert({ msg: 'two' }, { msg: 'one' })).toThrow(AssertionError)
  logs.clear()
  expect(logs.lines).toEqual([])
})

it('listens to a Sightline whose lines go elsewhere, until it is stopped', () => {
  const elsewhere = captureLogs()
  const kit = createSightline({ log: { destination: elsewhere, pretty: false } })
  const logs = captureLogs(kit)
  kit.log.info('one')
  logs.stop()
  kit.log.info('two')
  expect(logs.lines.map(({ msg }) => msg)).toEqual(['one'])
  expect(elsewhere.lines.map(({ msg }) => msg)).toEqual(['one', 'two'])
})

it('waits for a line, and says so where it does not come', async () => {
  const logs = captureLogs()
  const { log } = createSightline({ log: { destination: logs, pretty: false } })
  const line = logs.line({ msg: 'later' })
  setImmediate(() => log.info({ n: 1 }, 'later'))
  await expect(line).resolves.toMatchObject({ n: 1 })
  await expect(logs.line({ msg: 'later', n: (n: number) => n > 0 })).resolves.toMatchObject({ msg: 'later' })
  await expect(logs.line({ msg: 'never' }, 1)).rejects.toThrow('no such line within 1 ms')
})

it('finds secrets', () => {
  const logs = captureLogs()
  const open = createSightline({ log: { destination: logs, pretty: false, redact: false } })
  const closed = createSightline({ log: { destination: logs, pretty: false } })
  const secret = {
    password: 'hunter2',
    hasCookie: true,
    maxTokens: 5,
    note: 'authorization: Bearer abcdefgh',
  }
  closed.log.info(secret, 'asked with ?token=abcdef')
  logs.assertNoSecrets('hunter2', 'abcdef')
  open.log.info(secret)
  expect(() => logs.assertNoSecrets()).toThrow('the log shows a field called password')
  expect(() => logs.assertNoSecrets('hunter2')).toThrow(AssertionError)
})
