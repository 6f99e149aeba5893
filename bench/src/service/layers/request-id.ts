import rTracer from 'cls-rtracer'

import type { Layer } from '../layer.ts'

/** cls-rtracer, which accepts and echoes ids like Sightline. */
export function layer(): Layer {
  const options = { useHeader: true, echoHeader: true }
  return {
    async fastify(app) {
      await app.register(rTracer.fastifyPlugin, options)
    },
    express: (app) => void app.use(rTracer.expressMiddleware(options)),
    koa: (app) => void app.use(rTracer.koaMiddleware(options) as never),
  }
}
