import { once } from 'node:events'

import { sightline } from '@sightline/express'
import express from 'express'

test('counts a request', async () => {
  let kit
  const app = express()
  app.use(sightline({ service: 'orders', log: { level: 'silent' } }))
  app.get('/orders/:id', (req, res) => {
    kit = req.sightline
    res.json({ id: req.id })
  })
  const server = app.listen(0, '127.0.0.1')
  await once(server, 'listening')

  const url = `http://127.0.0.1:${server.address().port}`
  const response = await fetch(`${url}/orders/7`, { headers: { 'x-request-id': 'from-outside' } })
  expect(await response.json()).toEqual({ id: 'from-outside' })
  const metrics = await (await fetch(`${url}/metrics`)).text()
  expect(metrics).toContain('http_requests_total{method="GET",route="/orders/:id",status="200"} 1')

  server.close()
  server.closeAllConnections()
  await kit.close()
})
