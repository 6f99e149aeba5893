import { EventEmitter } from 'node:events'

import rTracer from 'cls-rtracer'
import express from 'express'
import { pino } from 'pino'

const log = pino({ mixin: () => ({ requestId: rTracer.id() }) })

/** Stands for a queue of another process: it only takes serializable data. */
const queue = new EventEmitter()
queue.on('mail', (message: { to: string; requestId: string }) => {
  void rTracer.runWithId(async () => {
    await send(message.to)
  }, message.requestId)
})

async function send(to: string): Promise<void> {
  await Promise.resolve()
  log.info({ to }, 'mail sent')
}

const app = express()
app.use(rTracer.expressMiddleware({ useHeader: true, echoHeader: true }))
app.use(express.json())

app.post('/orders', async (req, res) => {
  await Promise.resolve()
  log.info('order taken')
  res.once('finish', () => {
    log.info('answered')
    // Sent outside the request's context, like the delivery of a real queue.
    const message = { to: req.body.customer, requestId: rTracer.id() }
    setImmediate(() => queue.emit('mail', message))
  })
  res.status(201).json({ requestId: rTracer.id() })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(server.address()))
