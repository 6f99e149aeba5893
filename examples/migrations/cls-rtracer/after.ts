import { EventEmitter } from 'node:events'

import { createSightline, type MessageHeaders } from '@sightline/core'
import { sightline } from '@sightline/express'
import express from 'express'

const telemetry = createSightline({ service: 'orders' })
const { context, job, log } = telemetry

/** Stands for a queue of another process: it only takes serializable data. */
const queue = new EventEmitter()
queue.on('mail', (message: { to: string; headers: MessageHeaders }) => {
  void job('mail', () => send(message.to), { from: context.extract(message.headers) })
})

async function send(to: string): Promise<void> {
  await Promise.resolve()
  log.info({ to }, 'mail sent')
}

const app = express()
app.use(sightline(telemetry))
app.use(express.json())

app.post('/orders', async (req, res) => {
  await Promise.resolve()
  log.info('order taken')
  res.once('finish', () => {
    log.info('answered')
    const message = { to: req.body.customer, headers: context.inject() }
    setImmediate(() => queue.emit('mail', message))
  })
  res.status(201).json({ requestId: context.requestId() })
})

const server = app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => console.log(server.address()))
