import { randomUUID } from 'node:crypto'

import { fromPinoHttp } from '@sightline/core/migrate'
import { sightline } from '@sightline/express'
import express from 'express'
import { pino } from 'pino'

const logger = pino()

const app = express()
app.use(
  sightline({
    service: 'orders',
    ...fromPinoHttp({
      logger,
      genReqId(req, res) {
        const id = req.headers['x-request-id'] ?? randomUUID()
        res.setHeader('x-request-id', id)
        return String(id)
      },
      customLogLevel(_req, res, error) {
        if (error || res.statusCode >= 500) return 'error'
        return res.statusCode >= 400 ? 'warn' : 'info'
      },
      customProps: (req) => ({ tenant: req.headers['x-tenant'] ?? 'none' }),
      customSuccessMessage: (req, res) => `${req.method} ended with ${res.statusCode}`,
      customErrorMessage: (req, res) => `${req.method} failed with ${res.statusCode}`,
      serializers: {
        req: ({ id, method, url }) => ({ id, method, url }),
        res: ({ statusCode }) => ({ statusCode }),
      },
      autoLogging: { ignore: (req) => req.url === '/ping' },
      redact: ['iban'],
    }),
  }),
)

app.get('/ping', (_req, res) => {
  res.send('pong')
})
app.get('/orders/:id', (req, res) => {
  if (req.params.id === '13') throw new Error('order 13 is cursed')
  if (req.params.id === '14') throw Object.assign(new Error('order 14 is gone'), { status: 404 })
  req.log.info({ iban: 'DE02120300000000202051' }, 'order shown')
  res.json({ id: req.params.id })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(server.address()))
