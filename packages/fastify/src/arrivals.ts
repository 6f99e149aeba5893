/** Requests from their arrival to Fastify's first hook. Some never reach it: targets that cannot be decoded (`/%ZZ`). */
import type { Observation } from '@sightline/core'
import type { Host } from '@sightline/core/adapter'
import type { FastifyInstance, FastifyReply, FastifyRequest, RawReplyDefaultExpression } from 'fastify'

import { ownId, UnroutedExchange } from './exchange.ts'
import { partOf } from './internals.ts'

type NodeRequest = FastifyRequest['raw']
type NodeResponse = RawReplyDefaultExpression

/** Takes a request over from its arrival, once Fastify has made its own objects; `undefined`: it is for an endpoint of ours. */
export type Entrance = (request: FastifyRequest, reply: FastifyReply) => Observation | undefined

// Of this copy of the module only: the arrival is used by the functions below.
const ARRIVAL = Symbol('sightline.arrival')

/** The name of what numbers requests where the application has no ids of its own. */
const FASTIFY_NUMBERS = 'defaultGenReqId'

/** A request that has arrived. */
type Arrived = NodeRequest & { [ARRIVAL]?: UnroutedExchange }

interface Answering {
  writeHead: (...args: unknown[]) => unknown
}

/** The options of an application that matter before its hooks. */
interface EarlyOptions {
  readonly rewriteUrl?: unknown
  frameworkErrors?: (error: unknown, request: FastifyRequest, reply: FastifyReply) => unknown
}

/** Observes the requests of an application from their arrival on. */
export function observeArrivals(app: FastifyInstance, host: Host, enter: Entrance): void {
  const options = partOf<EarlyOptions>(app, 'fastify.options')?.value
  const isRewriting = options?.rewriteUrl !== undefined
  const idHeader = app.initialConfig.requestIdHeader

  function arrive(req: Arrived, res: NodeResponse): void {
    const exchange = new UnroutedExchange(req, res, idHeader ? req.headers[idHeader] : undefined)
    // Overloads do not matter here: the arguments are passed on untouched.
    if (isRewriting) observeOnceRewritten(exchange, res as unknown as Answering)
    else if (host.isEndpoint(req)) return
    else exchange.observation = host.observe(exchange)
    req[ARRIVAL] = exchange
  }

  /** What a request is for is known only once its target is rewritten: for one that reaches no hook, when it is answered. */
  function observeOnceRewritten(exchange: UnroutedExchange, res: Answering): void {
    const { writeHead } = res
    function answer(...args: unknown[]): unknown {
      // Where it is observed already, this function has another one over it.
      if (res.writeHead !== answer || host.isEndpoint(exchange.req)) return writeHead.apply(res, args)
      host.observe(exchange)
      return res.writeHead(...args)
    }
    res.writeHead = answer
  }

  app.server.prependListener('request', arrive)
  // For `localhost`, which Fastify listens on by default, it has a server for each of its addresses.
  app.addHook('onListen', (done) => {
    const servers = partOf<readonly (typeof app.server)[]>(app, 'fastify.serverBindings')?.value ?? []
    for (const server of servers) {
      if (server === app.server) continue
      server.prependListener('request', arrive)
      // Fastify hands its upgrades on to the first one.
      host.leaveUpgrades(server)
    }
    done()
  })
  observeInjected(app, arrive)
  // Fastify gives each request the id of its observation, so that its first line has it already.
  const genReqId = idsOf(app)
  const isNumbering = genReqId.name === FASTIFY_NUMBERS
  app.setGenReqId((req: Arrived) => {
    const exchange = req[ARRIVAL]
    if (exchange === undefined || (isRewriting && host.isEndpoint(req))) return genReqId(req)
    if (isNumbering && exchange.observation) return exchange.observation.id
    if (!isNumbering) exchange.id = ownId(genReqId(req))
    return host.observe(exchange).id
  })
  if (options?.frameworkErrors) {
    const { frameworkErrors } = options
    options.frameworkErrors = (error, request, reply) => {
      const handle = () => frameworkErrors.call(options, error, request, reply)
      const observation = enter(request, reply)
      return observation ? observation.run(handle) : handle()
    }
  }
}

/** What makes the ids of an application. Fastify's types do not tell of it. */
function idsOf(app: FastifyInstance): (req: NodeRequest) => string {
  return (app as FastifyInstance & { readonly genReqId: (req: NodeRequest) => string }).genReqId
}

/** What `inject` returns of a request that has not begun. */
interface Injection {
  dispatch: (this: unknown, req: NodeRequest, res: NodeResponse) => unknown
  end(callback: (...args: unknown[]) => void): void
}

/** `inject` has no server that would tell of its requests. */
function observeInjected(app: FastifyInstance, arrive: (req: NodeRequest, res: NodeResponse) => void): void {
  type Inject = (this: unknown, options: unknown) => Injection | Promise<unknown>
  // One signature for the three that Fastify's types have.
  const inject = app.inject as unknown as Inject
  function injectObserved(this: unknown, options: unknown, callback?: (...args: unknown[]) => void): unknown {
    const injection = inject.call(this, options)
    if (!('dispatch' in injection)) {
      // The application is closing.
      return callback ? void injection.then(undefined, callback) : injection
    }
    const { dispatch } = injection
    injection.dispatch = function dispatchObserved(req, res) {
      if (dispatch === app.routing) {
        arrive(req, res)
        return dispatch.call(this, req, res)
      }
      // The application has to be ready before.
      app.ready((error) => {
        if (error) {
          res.emit('error', error)
          return
        }
        arrive(req, res)
        app.routing(req, res)
      })
      return undefined
    }
    return callback ? injection.end(callback) : injection
  }
  app.inject = injectObserved as unknown as FastifyInstance['inject']
}
