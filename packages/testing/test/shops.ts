import Router from '@koa/router'
import { sightline as expressSightline } from '@sightline/express'
import fastifySightline from '@sightline/fastify'
import { sightline as koaSightline } from '@sightline/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'

import type { App, LogCapture } from '../src/index.ts'

type Log = Pick<LogCapture, 'write'>

/** The handlers of the shop, whatever framework calls them. */
interface Asked {
  readonly id: string
  readonly log: { info(fields: object, message: string): void }
}

function order({ id, log }: Asked): object {
  log.info({ order: id, password: 'told to the log' }, 'order found')
  return { id }
}

const options = (destination: Log) => ({ service: 'shop', log: { destination, pretty: false } })

/** The same shop on each framework: what its own users would write. */
export const shops: ReadonlyArray<readonly [string, (log: Log) => Promise<App>]> = [
  [
    'Fastify',
    async (log) => {
      const app = Fastify()
      await app.register(fastifySightline, options(log))
      app.get<{ Params: { id: string } }>('/orders/:id', async ({ params, log: requestLog }) =>
        app.sightline.trace('find order', () => order({ id: params.id, log: requestLog })),
      )
      app.get('/fails', async () => {
        throw new Error('out of stock')
      })
      return app
    },
  ],
  [
    'Express',
    async (log) => {
      const app = express()
      app.use(expressSightline(options(log)))
      app.get('/orders/:id', (req, res) => {
        res.json(req.sightline.trace('find order', () => order({ id: req.params.id, log: req.log })))
      })
      app.get('/fails', () => {
        throw new Error('out of stock')
      })
      app.use(((_error, _req, res, _next) => void res.status(500).end()) as express.ErrorRequestHandler)
      return app
    },
  ],
  [
    'Koa',
    async (log) => {
      const app = new Koa()
      app.silent = true
      app.use(koaSightline(options(log)))
      const router = new Router()
      router.get('/orders/:id', (ctx) => {
        const { id = '' } = ctx.params
        ctx.body = ctx.sightline.trace('find order', () => order({ id, log: ctx.log }))
      })
      router.get('/fails', () => {
        throw new Error('out of stock')
      })
      app.use(router.routes())
      return app
    },
  ],
]
