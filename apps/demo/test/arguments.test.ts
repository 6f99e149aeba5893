import { describe, expect, test } from '@jest/globals'

import { UsageError, wishesFrom } from '../src/arguments.ts'
import { startDemo } from './run.ts'

test('reads for how long', () => {
  expect(wishesFrom(['--for', '20'])).toEqual({ help: false, hub: true, incident: false, seconds: 20 })
  expect(wishesFrom(['--for=0.5'])).toEqual({ help: false, hub: true, incident: false, seconds: 0.5 })
  expect(wishesFrom([])).toEqual({ help: false, hub: true, incident: false, seconds: undefined })
})

test('reads that no hub is wanted', () => {
  expect(wishesFrom(['--no-hub'])).toEqual({ help: false, hub: false, incident: false, seconds: undefined })
})

test('reads that the day begins at the incident', () => {
  expect(wishesFrom(['--incident'])).toMatchObject({ incident: true, seconds: undefined })
})

test('reads past the -- of a package manager', () => {
  expect(wishesFrom(['--', '--for', '20'])).toEqual({ help: false, hub: true, incident: false, seconds: 20 })
})

describe('says in one sentence what it does not understand', () => {
  test.each([
    [['--for', 'ever'], "--for is 'ever', but must be a number of seconds above 0 and up to 86400."],
    [['--for', '0'], "--for is '0', but must be a number of seconds above 0 and up to 86400."],
    [['--for', ''], "--for is '', but must be a number of seconds above 0 and up to 86400."],
    [['--for'], "Option '--for <value>' argument missing."],
    [['--fro', '3'], "Unknown option '--fro'."],
    [['20'], "Unexpected argument '20'."],
  ])('%j', (argv, sentence) => {
    expect(() => wishesFrom(argv)).toThrow(new UsageError(`${sentence} Try --help.`))
  })
})

test('ends with 2 where the command line makes no sense, with 0 after help', async () => {
  const wrong = await startDemo('--fro', '3').ended()
  expect(wrong).toMatchObject({ code: 2, output: '', errors: "Unknown option '--fro'. Try --help.\n" })
  const help = await startDemo('--help').ended()
  expect(help).toMatchObject({ code: 0, errors: '' })
  expect(help.output).toContain('--for <seconds>')
})
