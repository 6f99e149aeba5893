import { json } from 'node:stream/consumers'

import Router from '@koa/router'
import type { Adapter, Answer } from '@sightline/conformance'
import { served } from '@sightline/conformance/served'
import Koa, { type Context } from 'koa'

import { sightline } from '../src/index.ts'

function send(ctx: Context, { status, headers = {}, body }: Answer): void {
  ctx.set({ ...headers })
  if (status !== undefined) ctx.status = status
  if (body !== undefined) ctx.body = body
}

/** The adapter under test, for the suite and for the processes that it starts. */
export const adapter: Adapter = {
  module: import.meta.url,
  name: 'Koa',
  wildcard: '*path',
  routeIsKnown: 'from the start',
  deviations: {
    'answers as its bare twin does: a frozen error':
      'Koa writes the status onto the error and leaves the request unanswered where it cannot',
  },
  async serve({ routes, guard, sightline: kit, times = 1, getters }) {
    const app = new Koa()
    if (getters) {
      for (const name of ['log', 'sightline'])
        Object.defineProperty(app.context, name, { configurable: true, get: () => 'own' })
    }
    app.silent = true
    if (kit) for (let i = 0; i < times; i++) app.use(sightline(kit))
    app.use(async (ctx, next) => {
      const refusal = guard?.(ctx.req)
      if (refusal) return send(ctx, refusal)
      if (ctx.is('json')) ctx.state.body = await json(ctx.req)
      await next()
    })
    const root = new Router()
    for (const { method, prefix, pattern, raw, handler } of routes) {
      const router = prefix === undefined ? root : new Router()
      router[method.toLowerCase() as 'get'](pattern, async (ctx) => {
        // Koa's initial status is 404.
        if (raw) Object.assign(ctx, { status: 200, respond: false })
        const { req, res, params, state, log } = ctx
        const answer = await handler({ req, res, params, body: state.body, id: state.requestId, log })
        if (!raw) send(ctx, answer ?? {})
      })
      if (prefix !== undefined) root.use(prefix, router.routes())
    }
    app.use(root.routes())
    return served(app.listen(0, '127.0.0.1'))
  },
}
