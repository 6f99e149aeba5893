import Router from '@koa/router'
import { sightline } from '@sightline/koa'
import Koa from 'koa'

const app = new Koa()
app.use(sightline({ service: 'orders' }))
const router = new Router()
router.get('/orders/:id', (ctx) => {
  ctx.log.info('in the handler')
  ctx.body = { id: ctx.state.requestId }
})
app.use(router.routes())
const server = app.listen(0, '127.0.0.1', () => console.log(JSON.stringify(server.address())))
