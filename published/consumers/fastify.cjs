const { default: sightline } = require('@sightline/fastify')
const Fastify = require('fastify')

const app = Fastify()
app.register(sightline, { service: 'orders' })
app.register(async (routes) => {
  routes.get('/orders/:id', async (request) => {
    request.log.info('in the handler')
    return { id: request.id }
  })
})
app.listen({ port: 0, host: '127.0.0.1' }).then(() => console.log(JSON.stringify(app.server.address())))
