import { sightline } from '@sightline/express'
import express from 'express'

const app = express()
app.use(sightline({ service: 'orders' }))
app.get('/orders/:id', (req, res) => {
  req.log.info('in the handler')
  res.json({ id: req.id })
})
const server = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())))
