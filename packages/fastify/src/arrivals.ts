/** Observes requests from their arrival. Those with an undecodable target (`/%ZZ`) never reach Fastify's hooks. */
import type { Observation } from '@sightline/core'
import type { Host } from '@sightline/core/adapter'
import type { FastifyInstance, FastifyReply, FastifyRequest, RawReplyDefaultExpression } from 'fastify'

import { ownId, UnroutedExchange } from './exchange.ts'
import { partOf } from './internals.ts'

type NodeRequest = FastifyRequest['raw']
type NodeResponse = RawReplyDefaultExpression

/** Takes over an arrived request once Fastify's objects exist. `undefined`: it is for one of Sightline's endpoints. */
export type Entrance = (request: FastifyRequest, reply: FastifyReply) => Observation | undefined

// Private to this copy of the module, since only the functions below use it.
const ARRIVAL = Symbol('sightline.arrival')

/** The name of Fastify's default function for ids, which numbers requests. */
const FASTIFY_NUMBERS = 'defaultGenReqId'

/** A request that has arrived. */
type Arrived = NodeRequest & { [ARRIVAL]?: UnroutedExchange }

interface Answering {
  writeHead: (...args: unknown[]) => unknown
}

/** The options of an application that apply before its hooks. */
interface EarlyOptions {
  readonly rewriteUrl?: unknown
  frameworkErrors?: (error: unknown, request: FastifyRequest, reply: FastifyReply) => unknown
}

/** Observes the requests of an application from their arrival. */
export function observeArrivals(app: FastifyInstance, host: Host, enter: Entrance): void {
  const options = partOf<EarlyOptions>(app, 'fastify.options')?.value
  const isRewriting = options?.rewriteUrl !== undefined
  const idHeader = app.initialConfig.requestIdHeader

  function arrive(req: Arrived, res: NodeResponse): void {
    const exchange = new UnroutedExchange(req, res, idHeader ? req.headers[idHeader] : undefined)
    // Arguments are passed on unchanged, so the overloads do not matter.
    if (isRewriting) observeOnceRewritten(exchange, res as unknown as Answering)
    else if (host.isEndpoint(req)) return
    else exchange.observation = host.observe(exchange)
    req[ARRIVAL] = exchange
  }

  /**
   * With `rewriteUrl`, the target is known only after the rewrite. A request that reaches no hook is observed when its
   * head is written.
   */
  function observeOnceRewritten(exchange: UnroutedExchange, res: Answering): void {
    const { writeHead } = res
    function answer(...args: unknown[]): unknown {
      // For an observed request, `writeHead` has been replaced again, over this function.
      if (res.writeHead !== answer || host.isEndpoint(exchange.req)) return writeHead.apply(res, args)
      host.observe(exchange)
      return res.writeHead(...args)
    }
    res.writeHead = answer
  }

  app.server.prependListener('request', arrive)
  // For `localhost`, its default host, Fastify has one server per address.
  app.addHook('onListen', (done) => {
    const servers = partOf<readonly (typeof app.server)[]>(app, 'fastify.serverBindings')?.value ?? []
    for (const server of servers) {
      if (server === app.server) continue
      server.prependListener('request', arrive)
      // Fastify passes these upgrades to the first server.
      host.leaveUpgrades(server)
    }
    done()
  })
  observeInjected(app, arrive)
  // Fastify gives each request the id of its observation, so that its first log line has the id.
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

/** The id function of an application. It is missing in Fastify's types. */
function idsOf(app: FastifyInstance): (req: NodeRequest) => string {
  return (app as FastifyInstance & { readonly genReqId: (req: NodeRequest) => string }).genReqId
}

/** The result of `inject` for a request that has not started. */
interface Injection {
  dispatch: (this: unknown, req: NodeRequest, res: NodeResponse) => unknown
  end(callback: (...args: unknown[]) => void): void
}

/** `inject` has no server that emits its requests. */
function observeInjected(app: FastifyInstance, arrive: (req: NodeRequest, res: NodeResponse) => void): void {
  type Inject = (this: unknown, options: unknown) => Injection | Promise<unknown>
  // One signature for the three in Fastify's types.
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
      // The application must be ready first.
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
