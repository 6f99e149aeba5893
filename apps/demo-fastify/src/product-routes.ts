import type { FastifyInstance } from 'fastify'

import type { Catalogue } from './catalogue.ts'

interface ListQuery {
  category?: string
  page: number
}

const listQuery = {
  type: 'object',
  properties: {
    category: { type: 'string', maxLength: 40 },
    page: { type: 'integer', minimum: 1, maximum: 1_000, default: 1 },
  },
}

const searchQuery = {
  type: 'object',
  required: ['q'],
  properties: { q: { type: 'string', minLength: 1, maxLength: 80 } },
}

/** The routes of products: list, single product, search. */
export function productRoutes(app: FastifyInstance, catalogue: Catalogue): void {
  app.get<{ Querystring: ListQuery }>(
    '/products',
    { schema: { querystring: listQuery } },
    async ({ query }) => ({ products: await catalogue.list(query.category ?? null, query.page) }),
  )

  app.get<{ Params: { sku: string } }>('/products/:sku', async ({ params }) => catalogue.find(params.sku))

  app.get<{ Querystring: { q: string } }>(
    '/search',
    { schema: { querystring: searchQuery } },
    async ({ query }) => ({ products: await catalogue.search(query.q) }),
  )
}
