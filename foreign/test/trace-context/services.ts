/** The service under test: it receives a list of URLs, requests each of them, and then responds. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, request } from 'node:http'
import { json } from 'node:stream/consumers'

import { createSightline, type Sightline } from '@sightline/core'
import { sightline as forExpress } from '@sightline/express'
import forFastify from '@sightline/fastify'
import { sightline as forKoa } from '@sightline/koa'
import express from 'express'
import Fastify from 'fastify'
import Koa from 'koa'

import { listening } from './harness.ts'

export interface Service {
  readonly url: string
  close(): Promise<void>
}

/** Makes one outbound request. */
export type Call = (url: string, telemetry: Sightline) => Promise<unknown>

/** The ways to make outbound requests. */
export const CALLS = {
  fetch: async (url) => void (await (await fetch(url)).text()),
  async 'http.request'(url) {
    const [response] = (await once(request(url).end(), 'response')) as [IncomingMessage]
    response.resume()
    await once(response, 'end')
  },
  // Each within its own span, as manual propagation requires.
  inject: (url, { trace, context }) =>
    trace('call', { kind: 'client' }, async () => {
      await (await fetch(url, { headers: context.inject({}) })).text()
    }),
} satisfies Record<string, Call>

const quiet = () => createSightline({ service: 'harnessed', lifecycle: false, log: { level: 'silent' } })

type Start = (call: Call) => Promise<Service>

async function callAll(urls: unknown, call: Call, telemetry: Sightline): Promise<void> {
  for (const url of urls as string[]) await call(url, telemetry)
}

/** The service on each framework. */
export const SERVICES: Readonly<Record<string, Start>> = {
  async Fastify(call) {
    const telemetry = quiet()
    const app = Fastify()
    await app.register(forFastify, { sightline: telemetry })
    app.post('/test', async ({ body }) => {
      await callAll(body, call, telemetry)
      return 'done'
    })
    const url = await app.listen({ port: 0, host: '127.0.0.1' })
    return {
      url: `${url}/test`,
      async close() {
        await app.close()
        await telemetry.close()
      },
    }
  },
  async Express(call) {
    const telemetry = quiet()
    const app = express()
    app.use(forExpress(telemetry), express.json())
    app.post('/test', async ({ body }, res) => {
      await callAll(body, call, telemetry)
      res.send('done')
    })
    return served(createServer(app), telemetry)
  },
  async Koa(call) {
    const telemetry = quiet()
    const app = new Koa()
    app.use(forKoa(telemetry))
    app.use(async (ctx) => {
      await callAll(await json(ctx.req), call, telemetry)
      ctx.body = 'done'
    })
    const answer = app.callback()
    return served(
      createServer((req, res) => void answer(req, res)),
      telemetry,
    )
  },
}

async function served(server: ReturnType<typeof createServer>, telemetry: Sightline): Promise<Service> {
  const url = await listening(server)
  return {
    url: `${url}/test`,
    async close() {
      server.closeAllConnections()
      await once(server.close(), 'close')
      await telemetry.close()
    },
  }
}
