import { describe, expect, it } from '@jest/globals'
import { pino } from 'pino'

import { createSightline, type LogOptions } from '../src/index.ts'

type Line = Record<string, unknown>

/** A Sightline whose lines are collected. */
function logging(options: LogOptions = {}) {
  const lines: Line[] = []
  const destination = { write: (line: string) => void lines.push(JSON.parse(line) as Line) }
  return {
    lines,
    destination,
    sightline: createSightline({ service: 'test', log: { destination, ...options } }),
  }
}

describe('a pino logger that the application brings along', () => {
  const brought = (options: object = {}) => {
    const { lines, destination } = logging()
    const logger = pino({ base: { team: 'shop' }, ...options }, destination)
    return { lines, logger, sightline: createSightline({ service: 'test', log: { logger } }) }
  }

  it('keeps its format, level and destination, and gets the context and the service', () => {
    const { lines, logger, sightline } = brought({ level: 'warn' })
    sightline.context.run({ task: 'mail' }, () => {
      sightline.log.info('too quiet')
      sightline.log.warn({ password: 'hunter2' }, 'loud')
    })
    logger.warn('without us')
    expect(lines).toMatchObject([
      {
        level: 40,
        team: 'shop',
        service: 'test',
        task: 'mail',
        request_id: expect.any(String),
        password: '[redacted]',
        msg: 'loud',
      },
      { level: 40, team: 'shop', msg: 'without us' },
    ])
    expect(lines[1]).not.toHaveProperty('service')
  })

  it('keeps its serializers, its message key, its mixin and its hook', () => {
    const { lines, sightline } = brought({
      messageKey: 'message',
      serializers: { user: ({ id }: { id: number }) => ({ id, token: 'x' }) },
      mixin: () => ({ mixed: true }),
      hooks: {
        logMethod(args: [object, string], method: (...args: unknown[]) => void) {
          method.apply(this, [args[0], `hooked ${args[1]}`])
        },
      },
    })
    sightline.log.info({ user: { id: 7, name: 'n' } }, 'hello token=abc')
    sightline.log.child({ user: { id: 8 } }).info({}, 'child')
    sightline.log
      .child({}, { serializers: { order: (order: unknown) => `#${String(order)}` } })
      .info({ order: 5 }, 'own')
    expect(lines).toMatchObject([
      { user: { id: 7, token: '[redacted]' }, mixed: true, message: 'hooked hello token=[redacted]' },
      { user: { id: 8, token: '[redacted]' }, message: 'hooked child' },
      { order: '#5', message: 'hooked own' },
    ])
    expect(lines[0]).not.toHaveProperty('user.name')
  })
})

describe('a log line', () => {
  it('takes everything that pino takes', () => {
    const { lines, sightline } = logging({ level: 'trace' })
    const { log } = sightline
    const error = Object.assign(new TypeError('no'), { code: 'E_NO' })
    log.info('text')
    log.info('%s has %d of %j', 'a', 5, { b: 1 })
    log.info({ a: 1 }, 'object and %s', 'text')
    log.info({ a: 1 })
    log.info({ msg: 'message as a field', a: 1 })
    log.error(error)
    log.error(error, 'with a text')
    log.error({ err: error, a: 1 }, 'as a field')
    const untyped = log as unknown as Record<'info' | 'trace', (...args: unknown[]) => void>
    untyped.trace(undefined, 'nothing')
    untyped.info(5)
    expect(lines).toMatchObject([
      { msg: 'text' },
      { msg: 'a has 5 of {"b":1}' },
      { a: 1, msg: 'object and text' },
      { a: 1 },
      { a: 1, msg: 'message as a field' },
      { level: 'error', err: { type: 'TypeError', message: 'no', code: 'E_NO' }, msg: 'no' },
      { err: { type: 'TypeError' }, msg: 'with a text' },
      {
        err: { type: 'TypeError', stack: expect.stringContaining('TypeError: no') },
        a: 1,
        msg: 'as a field',
      },
      { level: 'trace', msg: 'nothing' },
      { msg: 5 },
    ])
  })

  it('follows the level as it changes', () => {
    const { lines, sightline } = logging()
    const child = sightline.log.child({ module: 'm' }, { level: 'error' })
    sightline.log.debug('not yet')
    sightline.log.level = 'debug'
    sightline.log.debug('now')
    child.info('child has its own')
    expect(lines).toMatchObject([{ level: 'debug', msg: 'now' }])
  })

  it('is for people where that is wanted', () => {
    const texts: string[] = []
    const sightline = createSightline({
      service: 'test',
      log: { pretty: true, destination: { write: (text) => texts.push(text) } },
    })
    sightline.log.info({ order: 7 }, 'paid')
    expect(texts.join('')).toMatch(/INFO.*: paid\n\s+order: 7\n/)
  })
})
