// A typical bundled service: a thread answers its probes, and a shutdown hook may block its event loop.
import { sightline } from '@sightline/express'
import express from 'express'

const app = express()
app.use(
  sightline({
    service: 'orders',
    log: { pretty: false },
    health: { probes: { port: Number(process.env.PROBES), host: '127.0.0.1' } },
    lifecycle: { deadline: Number(process.env.DEADLINE ?? 10_000) },
  }),
)
app.get('/orders/:id', (req, res) => {
  if (process.env.BLOCKS) req.sightline.onShutdown('blocks', block)
  req.log.info('in the handler')
  res.json({ id: req.id })
})
const server = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())))

function block() {
  const until = Date.now() + 60_000
  // Rollup leaves out a loop that does nothing.
  for (let turns = 0; Date.now() < until; turns++) globalThis.turns = turns
}
