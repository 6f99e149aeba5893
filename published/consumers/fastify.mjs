import sightline from '@sightline/fastify'
import Fastify from 'fastify'

const app = Fastify()
await app.register(sightline, { service: 'orders' })
app.get('/orders/:id', async (request) => {
  request.log.info('in the handler')
  return { id: request.id }
})
await app.listen({ port: 0, host: '127.0.0.1' })
console.log(JSON.stringify(app.server.address()))
