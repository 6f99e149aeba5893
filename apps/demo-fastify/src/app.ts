import sightline from '@sightline/fastify'
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify'

import { accountRoutes } from './account-routes.ts'
import { cartRoutes } from './cart-routes.ts'
import { ShopError } from './errors.ts'
import { productRoutes } from './product-routes.ts'
import type { Shop } from './shop.ts'
import { telemetry } from './telemetry.ts'
import { recogniseVisitors } from './visitor-cookie.ts'

/** Builds the storefront. */
export async function buildApp(shop: Shop): Promise<FastifyInstance> {
  const app = Fastify()
  await app.register(sightline, { sightline: telemetry })

  app.setNotFoundHandler((_request, reply) => reply.code(404).send(new ShopError('page_unknown').toJSON()))
  app.setErrorHandler<FastifyError | ShopError>((error, _request, reply) => {
    const shown = publicError(error)
    return reply.code(shown.statusCode).send(shown.toJSON())
  })

  recogniseVisitors(app, shop.visitors)
  productRoutes(app, shop.catalogue)
  cartRoutes(app, shop)
  accountRoutes(app, shop)
  return app
}

/** The public form of an error: domain errors and invalid requests are shown, all others are bugs. */
function publicError(error: FastifyError | ShopError): ShopError {
  if (error instanceof ShopError) return error
  if (error.statusCode !== undefined && error.statusCode < 500) {
    return new ShopError('request_invalid', { reason: error.message })
  }
  return new ShopError('internal_error')
}
