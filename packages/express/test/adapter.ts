import { Readable } from 'node:stream'

import type { Adapter, Answer } from '@sightline/conformance'
import { served } from '@sightline/conformance/served'
import express, { type Response } from 'express'

import { sightline } from '../src/index.ts'

function send(res: Response, { status = 200, headers = {}, body = '' }: Answer): void {
  res.status(status).set(headers)
  if (body instanceof Readable) body.on('error', () => res.destroy()).pipe(res)
  else res.send(body)
}

/** The adapter under test, for the suite and for the processes that it starts. */
export const adapter: Adapter = {
  module: import.meta.url,
  name: 'Express',
  wildcard: '*path',
  routeIsKnown: 'in the handler',
  async serve({ routes, guard, sightline: kit, times = 1, getters }) {
    const app = express()
    if (getters) {
      for (const name of ['id', 'log', 'sightline'])
        Object.defineProperty(app.request, name, { configurable: true, get: () => 'own' })
    }
    if (kit) for (let i = 0; i < times; i++) app.use(sightline(kit))
    app.use((req, res, next) => {
      const refusal = guard?.(req)
      if (refusal) send(res, refusal)
      else next()
    })
    app.use(express.json())
    for (const { method, prefix = '/', pattern, raw, handler } of routes) {
      const router = prefix === '/' ? app : express.Router({ mergeParams: true })
      router[method.toLowerCase() as 'get'](pattern, async (req, res) => {
        const { params, body, id, log } = req
        const answer = await handler({ req, res, params: params as Record<string, string>, body, id, log })
        if (!raw) send(res, answer ?? {})
      })
      if (router !== app) app.use(prefix, router)
    }
    return served(app.listen(0, '127.0.0.1'))
  },
}
