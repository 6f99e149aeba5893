import { describe, expect, it } from '@jest/globals'
import { type LoggerOptions, multistream, pino } from 'pino'

import { createSightline } from '../src/index.ts'
import { Application, asked, flat, type Line, type Loose, namesIn, Observed } from './own-pino.ts'

const swapping: NonNullable<LoggerOptions['hooks']>['logMethod'] = function (args, method) {
  if (args.length < 2) return method.apply(this, args)
  const [first, second, ...rest] = args as unknown[]
  return method.apply(this, [second, first, ...rest] as never)
}

/** What an application may have told its pino. */
const OPTIONS: Record<string, LoggerOptions> = {
  nothing: {},
  errorKey: { errorKey: 'error' },
  messageKey: { messageKey: 'message' },
  nestedKey: { nestedKey: 'payload' },
  'all keys': { errorKey: 'failure', messageKey: 'text', nestedKey: 'payload' },
  'a hook that swaps': { hooks: { logMethod: swapping } },
  'a hook that looks for fields': {
    errorKey: 'error',
    hooks: {
      logMethod([first, second, ...rest]: unknown[], method) {
        const args = typeof first === 'string' && second ? [second, first, ...rest] : [first, second, ...rest]
        return method.apply(this, args as never)
      },
    },
  },
  'a hook that writes twice': {
    hooks: {
      logMethod(args, method) {
        method.apply(this, args)
        method.apply(this, ['again'] as never)
      },
    },
  },
  'a hook that writes nothing': { hooks: { logMethod() {} } },
  'a hook that changes the text': {
    hooks: {
      logMethod(args: unknown[], method) {
        method.apply(
          this,
          args.map((each) => (typeof each === 'string' ? each.toUpperCase() : each)) as never,
        )
      },
    },
  },
  'a hook for lines': { hooks: { streamWrite: (line) => line.replace('"level":30', '"level":"INFO"') } },
  'a formatter of levels': { formatters: { level: (label, number) => ({ severity: label, number }) } },
  'a formatter of levels that is called like a field of ours': {
    formatters: { level: (label) => ({ status: label }) },
  },
  'a formatter of bindings': { formatters: { bindings: ({ pid }) => ({ process: { pid: typeof pid } }) } },
  'a formatter of fields': { formatters: { log: (fields) => ({ ...fields, formatted: true }) } },
  'a formatter that nests': { formatters: { log: ({ order, ...fields }) => ({ order, data: fields }) } },
  'a mixin': { mixin: (_fields, level) => ({ mixed: level, a: 'of the mixin' }) },
  'a mixin and how it is merged': {
    mixin: () => ({ a: 'of the mixin', mixed: true }),
    mixinMergeStrategy: (fields, mixed) => ({ ...fields, ...mixed }),
  },
  'levels of its own': { customLevels: { audit: 35 } },
  'levels turned round': {
    customLevels: { fatal: 1, error: 2, warn: 3, info: 4, debug: 5, trace: 6 },
    useOnlyCustomLevels: true,
    levelComparison: 'DESC',
    level: 'info',
  },
  'levels compared by a function': { levelComparison: (current, expected) => current >= expected },
  'no time': { timestamp: false },
  'ISO time': { timestamp: () => ',"timestamp":"2026-01-01T00:00:00.000Z"' },
  'no base': { base: null },
  'an undefined base': { base: undefined } as never,
  'a base and a name': { base: { team: 'shop', region: 'eu' }, name: 'orders' },
  'a prefix': { msgPrefix: '[orders] ' },
  redact: { redact: { paths: ['a', 'user.name', '*.iban'], censor: '***' } },
  'redact that removes': { redact: { paths: ['user.name'], remove: true } },
  'serializers of fields': { serializers: { user: ({ id }: { id: number }) => id, a: (a: unknown) => [a] } },
  'a serializer of the message': { serializers: { msg: (text: unknown) => `<${String(text)}>` } },
  'a serializer of errors': { serializers: { err: ({ message }: Error) => ({ only: message }) } },
  'a serializer for everything': { serializers: { [Symbol.for('pino.*')]: (all: unknown) => all } },
  'small limits': { depthLimit: 2, edgeLimit: 2 },
  crlf: { crlf: true },
  'safe off': { safe: false },
  'a callback for children': {
    onChild(child) {
      child.setBindings({ told: true })
    },
  },
}

const failure = Object.assign(new RangeError('lost'), { code: 'E_LOST' })

/** Calls that a program may make; with fields of many names. */
const CALLS: Record<string, (log: Loose) => void> = {
  'a text': (log) => log.info('paid'),
  'a text and fields, the wrong way round': (log) => log.info('paid', { order: 7 }),
  'fields and a text': (log) => log.info({ order: 7, user: { id: 1, name: 'ada', iban: 'x' } }, 'paid'),
  'fields alone': (log) => log.info({ order: 7, a: 1 }),
  'an error': (log) => log.error(failure),
  'an error and a text': (log) => log.error(failure, 'with %s', 'text'),
  'an error as a field': (log) => log.error({ err: failure }, 'failed'),
  'an error as a field, without a text': (log) => log.error({ err: failure }),
  'a message as a field': (log) => log.info({ msg: 'as msg', message: 'as message', text: 'as text' }),
  'a message as a field that is no text': (log) => log.info({ msg: 5 }),
  'a field that is called like a renamed one': (log) => log.info({ msg_: 'my own', n: 1 }),
  'a number': (log) => log.info(5),
  null: (log) => log.info(null),
  'null and a text': (log) => log.info(null, 'text %s', 'a'),
  nothing: (log) => log.info(),
  'undefined and a text': (log) => log.info(undefined, 'text'),
  'a value as the message': (log) => log.info({ a: 1 }, { b: 2 }),
  'a child': (log) => log.child({ module: 'm', a: 'of the child' }).info({ order: 7 }, 'paid'),
  'a child with options': (log) =>
    log
      .child(
        { user: { id: 2, name: 'eve' } },
        { msgPrefix: '! ', serializers: { order: (n: number) => `#${n}` } },
      )
      .info({ order: 7 }, 'paid'),
  'bindings that are set': (log) => {
    const child = log.child({ module: 'm' })
    child.setBindings({ tenant: 't' })
    child.info({ order: 7 }, 'paid')
  },
}

/** What the kit adds, and what a line has of it that depends on the place in the code. */
function comparable(line: Line): Line {
  const { service: _service, ...rest } = line
  return rest
}

describe('an application’s own pino', () => {
  it.each(Object.entries(OPTIONS))(
    'gets the whole access event, under its own names, with %s',
    async (_, options) => {
      const kit = await asked(options, ({ sightline }) => {
        sightline.context.set({
          tenant: 'acme',
          message: 'as a field',
          text: 'as well',
          error: 'too',
          team: 'mine',
        })
      })
      const event = kit.lines.find((line) => JSON.stringify(line).includes('request completed'))
      expect(flat(event ?? {})).toMatchObject({
        request_id: expect.any(String),
        trace_id: expect.stringMatching(/^[0-9a-f]{32}$/),
        span_id: expect.stringMatching(/^[0-9a-f]{16}$/),
        method: 'GET',
        path: '/orders/7',
        route: '/orders/:id',
        duration_ms: expect.any(Number),
        outcome: 'completed',
        request_bytes: 0,
        response_bytes: 0,
        tenant: 'acme',
        team: 'mine',
        service: 'shop',
      })
      expect([flat(event ?? {}).status, flat(event ?? {}).status_]).toContain(200)
      for (const text of kit.texts) {
        const names = namesIn(text)
        expect(names).toEqual([...new Set(names)])
      }
    },
  )

  it.each(Object.entries(OPTIONS))('adds the context to lines, and each name once, with %s', (_, options) => {
    const { sightline, log, texts } = new Observed(options)
    sightline.context.run({ tenant: 'acme', pid: 'x', message: 'm', team: 'of the job' }, () => {
      log.info({ pid: 'y', hostname: 'z', level: 'fatal', time: 1, severity: 0, team: 'of the call' }, 'said')
      log.child({ pid: 1, tenant: 't', team: 'of the child', text: 'x' }).info({ text: 'y' }, 'said')
      log.setBindings({ pid: 2, tenant: 'set', message: 'b', severity: 1 })
      log.info({ message: 'c' }, 'said')
    })
    for (const text of texts) {
      const names = namesIn(text)
      expect(names).toEqual([...new Set(names)])
      expect(flat(JSON.parse(text) as Line).request_id).toBeDefined()
    }
  })

  describe.each(Object.entries(OPTIONS))('with %s', (_, options) => {
    it.each(Object.entries(CALLS))('writes a line as without Sightline: %s', (_call, call) => {
      const plain = new Application(options)
      const kit = new Observed(options)
      call(plain.logger)
      call(kit.log)
      const expected = plain.lines.map(comparable)
      const written = kit.lines.map(comparable)
      // Where pino shows of an error its own properties only, Sightline shows all of it.
      expect(written).toMatchObject(expected)
      expect(written.map((line) => Object.keys(line).toSorted())).toEqual(
        expected.map((line) => Object.keys(line).toSorted()),
      )
      expect(kit.texts.map((text) => text.endsWith('\r\n'))).toEqual(
        plain.texts.map((text) => text.endsWith('\r\n')),
      )
    })
  })
})

describe('what an application lets its pino call', () => {
  const fail = (): never => {
    throw new Error('thrown by the application')
  }

  it.each([
    ['a mixin', 'the mixin of a logger', { mixin: fail }],
    [
      'a merging of mixins',
      'the mixinMergeStrategy of a logger',
      { mixin: () => ({}), mixinMergeStrategy: fail },
    ],
    ['a formatter of fields', 'the formatter of a logger', { formatters: { log: fail } }],
    ['a hook for lines', 'the hook streamWrite of a logger', { hooks: { streamWrite: fail } }],
    ['a hook for calls', undefined, { hooks: { logMethod: fail } }],
    ['a serializer of errors', undefined, { serializers: { err: fail } }],
    ['a serializer of fields', undefined, { serializers: { tenant: fail, order: fail } }],
  ] satisfies Array<[string, string | undefined, LoggerOptions]>)(
    'costs no line and no access event where it throws: %s',
    async (_, source, options) => {
      const kit = await asked(options, ({ sightline }, log) => {
        sightline.context.set({ tenant: 'acme' })
        log.error({ order: 7, err: new Error('of the handler') }, 'said')
      })
      const messages = kit.lines.map((line) => line.msg)
      expect(messages.filter((message) => message === 'said')).toHaveLength(1)
      expect(kit.lines.find((line) => line.msg === 'request completed')).toMatchObject({
        path: '/orders/7',
        status: 200,
      })
      expect(JSON.stringify(kit.lines)).toContain('thrown by the application')
      const warnings = messages.filter((message) => String(message).startsWith('sightline: '))
      expect(warnings).toEqual(
        source === undefined ? [] : [`sightline: ${source} failed; further failures of it are not logged`],
      )
    },
  )

  it('does not put what a mixin adds past the masks', () => {
    const { log, lines } = new Observed({
      mixin: () => ({ password: 'hunter22', nested: { token: 'hunter22' } }),
    })
    log.info('said')
    expect(JSON.stringify(lines)).not.toContain('hunter22')
  })

  it('has the errors of failed requests under the logger’s own name, as its serializer has them', async () => {
    const options: LoggerOptions = {
      errorKey: 'error',
      serializers: { err: ({ message }: Error) => ({ only: message }) },
    }
    const kit = await asked(options, ({ sightline }, log) => {
      log.error(new Error('of the handler'))
      sightline.context.set({ tenant: 'acme' })
      throw new Error('thrown by the handler')
    })
    expect(kit.lines).toMatchObject([
      { error: { only: 'of the handler' }, msg: 'of the handler' },
      { error: { only: 'thrown by the handler' }, msg: 'request failed', tenant: 'acme', status: 500 },
    ])
    expect(JSON.stringify(kit.lines)).not.toContain('"stack"')
  })
})

describe('streams that choose by level', () => {
  it('get lines and access events, each by its level', async () => {
    const all: string[] = []
    const bad: string[] = []
    const logger = pino(
      {},
      multistream([
        { level: 'info', stream: { write: (text: string) => void all.push(text) } },
        { level: 'error', stream: { write: (text: string) => void bad.push(text) } },
      ]),
    )
    const sightline = createSightline({ service: 'shop', log: { logger } })
    sightline.log.info('quiet')
    sightline.log.error('loud')
    expect([all, bad].map((texts) => texts.map((text) => (JSON.parse(text) as Line).msg))).toEqual([
      ['quiet', 'loud'],
      ['loud'],
    ])
    await sightline.close()
  })
})

it('refuses at the start a pino that lacks the levels at which Sightline writes', () => {
  const logger = pino({ customLevels: { loud: 35 }, useOnlyCustomLevels: true, level: 'loud' })
  expect(() => createSightline({ log: { logger } as never })).toThrow(
    /^Sightline: option log\.logger is .*, but must be a pino logger that has the levels trace, debug, info, warn, error and fatal: leave out useOnlyCustomLevels, or name them in customLevels$/,
  )
})
