import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

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

  it('has a field that is called like a renamed one, and a message that is a field', () => {
    const { lines, sightline } = logging()
    sightline.log.info({ msg_: 'my own field', n: 1 })
    sightline.log.info({ msg: 'said', msg_: 'my own field' })
    sightline.log.info({ msg: 'beside the message' }, 'said')
    sightline.log.info({ msg: 5 })
    expect(lines).toMatchObject([
      { msg_: 'my own field', n: 1 },
      { msg: 'said', msg_: 'my own field' },
      { msg: 'said', msg_: 'beside the message' },
      { msg: 5 },
    ])
    expect(lines[0]).not.toHaveProperty('msg')
  })

  it('names node’s request and response, which are a few fields each', () => {
    const { lines, sightline } = logging()
    const req = Object.assign(new IncomingMessage(new Socket()), {
      method: 'GET',
      url: '/r',
      headers: { cookie: 'a=b' },
    })
    sightline.log.info(req)
    sightline.log.info(new ServerResponse(req), 'answered')
    expect(lines).toMatchObject([
      { req: { method: 'GET', url: '/r', headers: { cookie: '[redacted]' } } },
      { res: { status: 200 }, msg: 'answered' },
    ])
    for (const line of lines) expect(Object.keys(line)).not.toContain('socket')
  })

  it('keeps the context in children of whatever depth', () => {
    const { lines, sightline } = logging()
    const child = sightline.log.child({ module: 'orders' })
    sightline.context.run({ job: 'mail' }, () => {
      sightline.context.set({ tenant: 'acme' })
      child.child({ part: 1 }).info('inside')
      expect(lines.pop()).toMatchObject({
        module: 'orders',
        part: 1,
        job: 'mail',
        tenant: 'acme',
        request_id: sightline.context.requestId(),
      })
    })
    child.info('outside')
    expect(lines.pop()).not.toHaveProperty('tenant')
  })

  it('has each name once: the call’s before the child’s, the child’s before the context’s', () => {
    const texts: string[] = []
    const sightline = createSightline({
      service: 'test',
      log: { pretty: false, destination: { write: (text) => texts.push(text) } },
    })
    const child = sightline.log.child({ tenant: 'of the child', module: 'm', list: [1] })
    const grandchild = child.child({ tenant: 'of the grandchild', password: 'p' })
    const written = () => {
      const text = texts.pop() ?? ''
      for (const name of ['tenant', 'module', 'list', 'service', 'request_id', 'password'])
        expect([name, text.split(`"${name}":`).length - 1 <= 1]).toEqual([name, true])
      return JSON.parse(text) as Line
    }
    sightline.context.run({ tenant: 'of the job', job: 'mail' }, () => {
      child.info('said')
      expect(written()).toMatchObject({
        tenant: 'of the child',
        module: 'm',
        list: [1],
        job: 'mail',
        service: 'test',
      })
      child.info({ tenant: 'of the call' }, 'said')
      expect(written()).toMatchObject({ tenant: 'of the call', module: 'm', job: 'mail' })
      grandchild.error(new Error('no'))
      expect(written()).toMatchObject({ tenant: 'of the grandchild', module: 'm', err: { message: 'no' } })
    })
    grandchild.info('said')
    expect(written()).toMatchObject({ tenant: 'of the grandchild', module: 'm', password: '[redacted]' })
    child.info({ list: [2] }, 'said')
    expect(written()).toMatchObject({ tenant: 'of the child', list: [2] })
    // What pino says of a child stays what it was.
    expect(grandchild.bindings()).toEqual({
      service: 'test',
      tenant: 'of the grandchild',
      module: 'm',
      list: [1],
      password: '[redacted]',
    })
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
