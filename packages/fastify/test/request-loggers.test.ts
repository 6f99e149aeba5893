import { describe, expect, it } from '@jest/globals'
import { type FastifyBaseLogger, type FastifyInstance, LogController } from 'fastify'

import sightline from '../src/index.ts'
import { written } from './written.ts'

interface AuditLogger extends FastifyBaseLogger {
  audit(message: string): void
}

/** A factory as applications have them: it adds a binding, and a method that their handlers call. */
const auditing = (logger: FastifyBaseLogger, bindings: object, options: object) => {
  const child = logger.child({ ...bindings, tenant: 'acme' }, options) as AuditLogger
  child.audit = (message) => child.info({ audit: true }, message)
  return child
}

describe.each([
  ["Fastify's logger on", true],
  ["Fastify's logger off", false],
])('with %s', (_name, isOn) => {
  const audited = (app: FastifyInstance) =>
    app.get('/', async ({ log }) => {
      ;(log as AuditLogger).audit('in the handler')
      return 'ok'
    })

  it.each<[string, object, (app: FastifyInstance) => void]>([
    ['the option childLoggerFactory', { childLoggerFactory: auditing }, audited],
    ['setChildLoggerFactory', {}, (app) => audited(app.setChildLoggerFactory(auditing))],
    [
      'setChildLoggerFactory of a plugin',
      {},
      (app) => void app.register(async (part) => void audited(part.setChildLoggerFactory(auditing))),
    ],
    [
      "a route's childLoggerFactory",
      {},
      (app) =>
        app.get('/', { childLoggerFactory: auditing }, async ({ log }) => {
          ;(log as AuditLogger).audit('in the handler')
          return 'ok'
        }),
    ],
    [
      'the option childLoggerFactory, for what no route matches',
      { childLoggerFactory: auditing },
      (app) =>
        app.setNotFoundHandler(async ({ log }) => {
          ;(log as AuditLogger).audit('in the handler')
          return 'ok'
        }),
    ],
  ])('keeps the logger that %s has made, with the context in its lines', async (_what, options, build) => {
    const { app, kit, lines } = written(options, isOn)
    await app.register(sightline, { sightline: kit })
    build(app)
    const { body } = await app.inject({ url: '/', headers: { 'x-request-id': 'abc' } })
    expect(body).toBe('ok')
    expect(lines()).toMatchObject([
      { request_id: 'abc', reqId: 'abc', tenant: 'acme', audit: true, msg: 'in the handler' },
      { request_id: 'abc', reqId: 'abc', tenant: 'acme', msg: 'request completed' },
    ])
    await app.close()
  })

  it('keeps requests apart where a factory gives all of them the same logger', async () => {
    const { app, kit, lines } = written({ childLoggerFactory: (logger: FastifyBaseLogger) => logger }, isOn)
    await app.register(sightline, { sightline: kit })
    app.get('/', async ({ log }) => {
      await new Promise((resolve) => setImmediate(resolve))
      log.info('in the handler')
      return 'ok'
    })
    const ids = ['a', 'b', 'c']
    await Promise.all(ids.map((id) => app.inject({ url: '/', headers: { 'x-request-id': id } })))
    const told = lines().filter(({ msg }) => msg === 'in the handler')
    expect(told.map((line) => line.request_id)).toEqual(ids)
    kit.log.info('of no request')
    expect(lines().at(-1)).not.toHaveProperty('request_id')
    await app.close()
  })

  it('leaves a logger that a factory has made of something else than pino as it is', async () => {
    const seen: string[] = []
    const told = (message: string) => void seen.push(message)
    const logger = {
      level: 'info',
      info: told,
      warn: told,
      error: told,
      fatal: told,
      debug: told,
      trace: told,
      silent: () => {},
      child: () => logger,
    }
    const { app, kit } = written({ childLoggerFactory: () => logger }, isOn)
    await app.register(sightline, { sightline: kit })
    app.get('/', async ({ log }) => {
      log.info('in the handler')
      return { same: log === logger }
    })
    expect((await app.inject('/')).json()).toEqual({ same: true })
    expect(seen).toEqual(['in the handler'])
    await app.close()
  })

  it('asks the serializers of plugins and routes, also for errors', async () => {
    const { app, kit, lines } = written({}, isOn)
    await app.register(sightline, { sightline: kit })
    const name = ({ message }: Error) => message
    await app.register(
      async (customers) => {
        customers.get('/customers', { logSerializers: { card: () => 'a card' } }, async ({ log }) => {
          log.info({ customer: { id: 5, street: 'Main 1' }, card: 4711, err: new Error('why') }, 'looked up')
          return {}
        })
      },
      { logSerializers: { customer: ({ id }: { id: number }) => `no. ${id}`, err: name } },
    )
    await app.inject('/customers')
    expect(lines()).toMatchObject([
      { customer: 'no. 5', card: 'a card', err: 'why', msg: 'looked up' },
      { route: '/customers', msg: 'request completed' },
    ])
    await app.close()
  })

  it("keeps a route's own level", async () => {
    const { app, kit, lines } = written({}, isOn)
    await app.register(sightline, { sightline: kit })
    app.get('/', { logLevel: 'error' }, async ({ log }) => {
      log.info('not to be seen')
      log.error('to be seen')
      return {}
    })
    await app.inject('/')
    expect(lines().map(({ msg }) => msg)).toEqual(['to be seen', 'request completed'])
    await app.close()
  })

  it('writes the id under the label that the application has chosen', async () => {
    const logController = new LogController({ requestIdLogLabel: 'correlation' })
    const { app, kit, lines } = written({ logController, childLoggerFactory: auditing }, isOn)
    await app.register(sightline, { sightline: kit })
    audited(app)
    const { headers } = await app.inject('/')
    const id = headers['x-request-id']
    expect(lines().map(({ correlation, request_id: own }) => [correlation, own])).toEqual([
      [id, id],
      [id, id],
    ])
    await app.close()
  })
})

it.each([
  ['true', { disableRequestLogging: true }],
  ['a function', { disableRequestLogging: (request: { url: string }) => request.url === '/ping' }],
  [
    'a function of a controller',
    { logController: new LogController({ disableRequestLogging: () => false }) },
  ],
  [
    'a method of a controller',
    {
      logController: new (class extends LogController {
        override isLogDisabled() {
          return false
        }
      })(),
    },
  ],
])(
  "writes one event for each request where the rule for Fastify's own lines is %s",
  async (_what, options) => {
    const { app, kit, lines } = written(options, true)
    await app.register(sightline, { sightline: kit })
    for (const path of ['/ping', '/pong']) app.get(path, async () => 'ok')
    await app.inject('/ping')
    await app.inject('/pong')
    expect(lines()).toMatchObject([
      { route: '/ping', msg: 'request completed' },
      { route: '/pong', msg: 'request completed' },
    ])
    await app.close()
  },
)

it("keeps the lines of an application's own controller, which may have private parts", async () => {
  class Counting extends LogController {
    #count = 0
    override incomingRequest({ log }: { log: FastifyBaseLogger }) {
      log.info({ count: ++this.#count }, 'counted')
    }
  }
  const logController = new Counting()
  const { app, kit, lines } = written({ logController }, true)
  const other = written({ logController }, true)
  await app.register(sightline, { sightline: kit })
  for (const each of [app, other.app]) {
    each.get('/', async () => 'ok')
    await each.inject('/')
  }
  expect(lines()).toMatchObject([{ msg: 'counted', count: 1 }, { msg: 'request completed' }])
  // An application without Sightline that shares the controller is as it was.
  expect(other.lines().map(({ msg }) => msg)).toEqual(['counted', 'request completed'])
  await app.close()
  await other.app.close()
})

it('writes no key twice, whatever the logger was made with', async () => {
  const { app, kit, texts, lines } = written({}, true, {
    base: { pid: 1, hostname: 'h', region: 'eu' },
    formatters: { level: (severity: string) => ({ severity }) },
    timestamp: () => ',"at":1',
  })
  await app.register(sightline, { sightline: kit })
  app.get('/', async ({ log }) => {
    kit.context.set({ region: 'us' })
    log.info({ pid: 'x', hostname: 'x', severity: 'x', at: 'x', service: 'x' }, 'forged')
    log.child({ hostname: 'y' }).info('by a child')
    return 'ok'
  })
  await app.inject('/')
  const made = { pid: 1, hostname: 'h', region: 'us', severity: 'info', at: 1, service: 'store' }
  expect(lines()).toMatchObject([
    { ...made, pid_: 'x', hostname_: 'x', severity_: 'x', at_: 'x', service_: 'x' },
    { ...made, hostname_: 'y', msg: 'by a child' },
    { ...made, msg: 'request completed' },
  ])
  for (const text of texts) {
    const names = [...text.matchAll(/[{,]"([^"]+)":/g)].map(([, name]) => name)
    expect(names).toEqual([...new Set(names)])
  }
  await app.close()
})
