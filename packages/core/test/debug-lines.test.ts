import { EventEmitter, once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'

import { afterEach, describe, expect, it } from '@jest/globals'
import { pino } from 'pino'

import { hostOf } from '../src/adapter/index.ts'
import {
  createSightline,
  type Logger,
  type LogOptions,
  type Observation,
  type Sightline,
  type SightlineOptions,
} from '../src/index.ts'
import { quietKeeping } from '../src/log/quiet-lines.ts'
import { argumentsFor, linesOf, LoggingProcess, textOf } from './logging-process.ts'
import { served } from './probe.ts'
import { record } from './record.ts'

type Line = Record<string, unknown>
type Handler = (exchange: {
  readonly sightline: Sightline
  readonly observation: Observation
  readonly req: IncomingMessage
  readonly res: ServerResponse
}) => void

const closing: Array<() => void> = []

afterEach(() => {
  for (const close of closing.splice(0)) close()
})

/** A pino destination, and what it gets. */
function collected() {
  const lines: Line[] = []
  return { lines, destination: { write: (text: string) => void lines.push(JSON.parse(text) as Line) } }
}

/** A service, what it writes, and how to ask it: resolves when the request has ended. */
async function service(handler: Handler, log: LogOptions = {}, options: SightlineOptions = {}) {
  const { lines, destination } = collected()
  const ended = new EventEmitter()
  const sightline = createSightline({
    service: 'test',
    log: { destination, debugOnFailure: true, ...log },
    sinks: [{ name: 'end', write: () => setImmediate(() => ended.emit('request')) }],
    ...options,
  })
  const { url, close } = await served((req, res) => {
    const observation = hostOf(sightline).observe({ req, res, route: () => '/', clientIp: () => '' })
    observation.run(() => handler({ sightline, observation, req, res }))
  })
  closing.push(close)
  return {
    lines,
    destination,
    sightline,
    async ask(path = '/', signal?: AbortSignal) {
      const end = once(ended, 'request')
      await fetch(url + path, signal ? { signal } : {}).then(
        (response) => response.text(),
        () => {},
      )
      await end
      return lines.splice(0)
    },
  }
}

/** Answers with the status that the path says. */
function answer({ req, res }: { readonly req: IncomingMessage; readonly res: ServerResponse }): void {
  res.writeHead(Number(req.url?.slice(1))).end()
}

const messages = (lines: readonly Line[]) => lines.map(({ msg }) => msg)

describe('the lines of a request that are below the level', () => {
  it('come before the access event where it fails, as they would have been written, and else not at all', async () => {
    const { ask } = await service((exchange) => {
      const { log } = exchange.observation
      log.debug({ step: 1, password: 'hunter2' }, 'looked up')
      log.info('worked')
      log.trace('every %s', 'detail')
      answer(exchange)
    })
    expect(messages(await ask('/200'))).toEqual(['worked', 'request completed'])
    expect(messages(await ask('/404'))).toEqual(['worked', 'request completed'])
    const lines = await ask('/503')
    expect(lines).toMatchObject([
      { level: 'info', msg: 'worked' },
      { level: 'debug', service: 'test', step: 1, password: '[redacted]', msg: 'looked up' },
      { level: 'trace', msg: 'every detail' },
      { level: 'error', status: 503, msg: 'request failed' },
    ])
    const [worked, lookedUp, , failed] = lines
    expect(lookedUp).toMatchObject({
      request_id: failed?.request_id,
      trace_id: failed?.trace_id,
      span_id: failed?.span_id,
    })
    expect(Date.parse(lookedUp?.time as string)).toBeLessThanOrEqual(Date.parse(worked?.time as string))
  })

  it('come where the client goes away', async () => {
    const away = new AbortController()
    const { ask } = await service(({ observation }) => {
      observation.log.debug('waiting')
      away.abort()
    })
    expect(messages(await ask('/', away.signal))).toEqual(['waiting', 'request aborted'])
  })

  it('come where the request is slow, if the options say what that is', async () => {
    const handler: Handler = (exchange) => {
      exchange.observation.log.debug('in time')
      answer(exchange)
    }
    const slow = await service(handler, { debugOnFailure: { keepSlow: 0.001 } })
    expect(messages(await slow.ask('/200'))).toEqual(['in time', 'request completed'])
    const fast = await service(handler, { debugOnFailure: { keepSlow: 60_000 } })
    expect(messages(await fast.ask('/200'))).toEqual(['request completed'])
  })

  it('come from every logger of the request and of the jobs in it', async () => {
    const { ask } = await service((exchange) => {
      const { sightline, observation } = exchange
      observation.log.debug('of the request')
      sightline.log.debug('of the service')
      sightline.log.child({ module: 'm' }).debug('of a child')
      observation.log.child({ module: 'm' }, { level: 'error' }).info('of a child with a level of its own')
      sightline.context.run({ task: 'mail' }, () => sightline.log.debug('of a job'))
      answer(exchange)
    })
    expect(await ask('/500')).toMatchObject([
      { msg: 'of the request' },
      { msg: 'of the service' },
      { module: 'm', msg: 'of a child' },
      { module: 'm', level: 'info', msg: 'of a child with a level of its own' },
      { task: 'mail', msg: 'of a job' },
      { msg: 'request failed' },
    ])
  })

  it('say what was when they were written', async () => {
    const { ask } = await service((exchange) => {
      const order = { status: 'new' }
      exchange.observation.log.debug({ order }, 'first')
      order.status = 'paid'
      exchange.observation.log.debug({ order }, 'then')
      answer(exchange)
    })
    expect(await ask('/500')).toMatchObject([
      { order: { status: 'new' } },
      { order: { status: 'paid' } },
      { msg: 'request failed' },
    ])
  })

  it('are the newest, as many as the options say, and the access event says how many there were besides', async () => {
    const handler: Handler = (exchange) => {
      for (let n = 0; n < 150; n++) exchange.observation.log.debug({ n }, 'x'.repeat(800))
      answer(exchange)
    }
    const numbers = (lines: readonly Line[]) => lines.slice(0, -1).map(({ n }) => n)
    const from = (first: number) => Array.from({ length: 150 - first }, (_, i) => first + i)

    const few = await service(handler, { debugOnFailure: { lines: 3 } })
    const fewLines = await few.ask('/500')
    expect(numbers(fewLines)).toEqual(from(147))
    expect(fewLines.at(-1)).toMatchObject({ msg: 'request failed', debug_lines_lost: 147 })

    const byDefault = await service(handler)
    const defaultLines = await byDefault.ask('/500')
    expect(numbers(defaultLines).length).toBeLessThan(100)
    expect(Buffer.byteLength(JSON.stringify(defaultLines.slice(0, -1)))).toBeLessThanOrEqual(66_000)
    expect(numbers(defaultLines)).toEqual(from(150 - numbers(defaultLines).length))
    expect(await byDefault.ask('/200')).toEqual([
      expect.not.objectContaining({ debug_lines_lost: expect.anything() }),
    ])
  })

  it('are neither kept outside of requests nor after their end', async () => {
    const { ask, sightline, lines } = await service((exchange) => {
      const { observation, res } = exchange
      res.on('close', () => observation.log.debug('too late'))
      answer(exchange)
    })
    sightline.log.debug('at the start')
    sightline.context.run({ task: 'mail' }, () => sightline.log.debug('in a job'))
    expect(messages(await ask('/500'))).toEqual(['request failed'])
    sightline.log.level = 'debug'
    sightline.log.debug('wanted now')
    expect(messages(lines)).toEqual(['wanted now'])
  })

  it('are written at once where the level is lowered, and are as silent as the logger', async () => {
    const { ask, sightline } = await service((exchange) => {
      exchange.sightline.log.debug('once')
      answer(exchange)
    })
    expect(sightline.log.level).toBe('info')
    expect(sightline.log.isLevelEnabled('debug')).toBe(false)
    sightline.log.level = 'debug'
    expect(messages(await ask('/500'))).toEqual(['once', 'request failed'])
    sightline.log.level = 'silent'
    expect(await ask('/500')).toEqual([])
    sightline.log.level = 'error'
    expect(messages(await ask('/500'))).toEqual(['once', 'request failed'])
  })

  it('come before the last record of a process that dies of the request', async () => {
    await using crash = new LoggingProcess(argumentsFor('crashing-request'))
    const [debug, fatal] = linesOf(await textOf(crash.stdout))
    expect([debug, fatal]).toMatchObject([
      { level: 'debug', msg: 'about to fail' },
      { level: 'fatal', msg: 'uncaught exception', err: { message: 'thrown on purpose' } },
    ])
    expect(debug?.request_id).toBe(fatal?.request_id)
    expect(await crash.exit()).toMatchObject({ code: 1 })
  })

  it('never throw', async () => {
    const { ask } = await service((exchange) => {
      const hostile = {
        get value(): never {
          throw new Error('not to be read')
        },
      }
      exchange.observation.log.debug(hostile, 'hostile')
      answer(exchange)
    })
    expect(await ask('/500')).toMatchObject([
      { value: '[unreadable: not to be read]', msg: 'hostile' },
      { msg: 'request failed' },
    ])
  })
})

describe('a pino logger that the application brings along', () => {
  it('writes them in its own format, to the streams that want their level', async () => {
    const all = collected()
    const some = collected()
    const logger = pino(
      { level: 'warn', base: { team: 'shop' }, customLevels: { chatter: 15 } },
      pino.multistream([
        { level: 'trace', stream: all.destination },
        { level: 'warn', stream: some.destination },
      ]),
    )
    const { ask } = await service(
      (exchange) => {
        exchange.sightline.log.info('quiet here')
        const untyped = exchange.sightline.log as unknown as { chatter(message: string): void }
        untyped.chatter('quieter')
        answer(exchange)
      },
      { logger: logger as unknown as Logger },
    )
    await ask('/500')
    expect(all.lines).toMatchObject([
      { level: 30, team: 'shop', service: 'test', msg: 'quiet here' },
      { level: 15, msg: 'quieter' },
      { level: 50, msg: 'request failed' },
    ])
    expect(messages(some.lines)).toEqual(['request failed'])
    all.lines.length = 0
    await ask('/200')
    logger.debug('not within')
    expect(all.lines).toEqual([])
  })

  it('writes them where an adapter hands it over', async () => {
    const { lines, destination } = collected()
    const { ask, sightline } = await service((exchange) => {
      exchange.sightline.log.debug('of the framework')
      answer(exchange)
    })
    hostOf(sightline).useLogger(pino({}, destination))
    await ask('/500')
    expect(messages(lines)).toEqual(['of the framework', 'request failed'])
  })
})

it('costs nothing where it is off: the methods below the level stay empty', () => {
  const { log } = createSightline({ log: { destination: collected().destination } })
  expect(log.debug).toBe(pino({ level: 'silent' }).debug)
})

it('keeps at most 16 MB of all requests together', () => {
  const { begin, end } = quietKeeping({ lines: 100, bytes: 65_536, slowMs: Number.POSITIVE_INFINITY })
  const text = `${'x'.repeat(1_023)}\n`
  const requests = Array.from({ length: 1_000 }, () => begin())
  let written = 0
  const stream = { write: (line: string) => void (written += line.length) }
  const fill = () => {
    for (const lines of requests) for (let i = 0; i < 64; i++) lines.add(text, 20, stream)
  }
  const endAll = () => {
    for (const lines of requests.splice(0)) end(lines, record({ status: 500 }))
  }
  fill()
  endAll()
  expect(written).toBe(16 * 1_024 * 1_024)

  // What has ended leaves its room to those who come.
  requests.push(begin())
  written = 0
  fill()
  endAll()
  expect(written).toBe(65_536)
})
