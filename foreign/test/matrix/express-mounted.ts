import { ApolloServer } from '@apollo/server'
import { expressMiddleware } from '@as-integrations/express5'
import { initTRPC } from '@trpc/server'
import { createExpressMiddleware } from '@trpc/server/adapters/express'
import express from 'express'
import { createSchema, createYoga } from 'graphql-yoga'
import { createProxyMiddleware } from 'http-proxy-middleware'

import { onExpress } from './express.ts'
import { folder, resolvers, typeDefs, upstream } from './given.ts'
import { mounted, type Part, posted } from './part.ts'

const t = initTRPC.create()
const router = t.router({
  greet: t.procedure.input((name) => String(name)).query(({ input }) => `hello ${input}`),
  fail: t.procedure.query(() => {
    throw new Error('on purpose')
  }),
})

const graphql = mounted('/graphql')
const wrong = posted({ query: '{ nothing }' })
const right = posted({ query: '{ greeting(name: "anna") }' })

export const parts: readonly Part[] = [
  onExpress('express.static', (app) => void app.use('/public', express.static(folder)), [
    { path: '/public/page.txt', status: 200, ...mounted('/public') },
    { path: '/public/page.txt', method: 'HEAD', status: 200, ...mounted('/public') },
    { path: '/public/page.txt', headers: { range: 'bytes=5-9' }, status: 206, ...mounted('/public') },
    { path: '/public/page.txt', headers: { range: 'bytes=9999999-' }, status: 416, ...mounted('/public') },
    {
      path: '/public/page.txt',
      headers: { 'if-modified-since': 'Wed, 01 Jan 2025 00:00:00 GMT' },
      status: 304,
      ...mounted('/public'),
    },
    { path: '/public/none.txt', status: 404 },
    { path: '/public', status: 301, ...mounted('/public') },
  ]),
  onExpress('express.static at the root', (app) => void app.use(express.static(folder)), [
    { path: '/page.txt', status: 200 },
    { path: '/none.txt', status: 404 },
  ]),
  onExpress(
    'http-proxy-middleware',
    async (app) => void app.use('/api', createProxyMiddleware({ target: await upstream() })),
    [
      { path: '/api/users/7?page=2', status: 200, ...mounted('/api') },
      { path: '/api/echo', ...posted({ a: 1 }), status: 200, ...mounted('/api') },
      { path: '/api/missing', status: 404, ...mounted('/api') },
    ],
  ),
  onExpress(
    'http-proxy-middleware without its upstream',
    (app) => void app.use('/api', createProxyMiddleware({ target: 'http://127.0.0.1:1' })),
    [{ path: '/api/users', status: 504, ...mounted('/api') }],
  ),
  onExpress(
    'graphql-yoga',
    (app) => {
      const yoga = createYoga({ schema: createSchema({ typeDefs, resolvers }), logging: false })
      // Yoga is a handler for node's two objects.
      app.use('/graphql', yoga as unknown as express.RequestHandler)
    },
    [
      { path: '/graphql', ...right, status: 200, ...graphql },
      { path: '/graphql', ...wrong, status: 200, ...graphql },
      { path: '/graphql?query=%7Bgreeting(name%3A%22a%22)%7D', status: 200, ...graphql },
    ],
  ),
  onExpress(
    '@apollo/server',
    async (app) => {
      const apollo = new ApolloServer({ typeDefs, resolvers })
      await apollo.start()
      app.use('/graphql', express.json(), expressMiddleware(apollo))
    },
    [
      { path: '/graphql', ...right, status: 200, ...graphql },
      { path: '/graphql', ...wrong, status: 400, ...graphql },
      { path: '/graphql?query=%7Bgreeting(name%3A%22a%22)%7D', status: 400, ...graphql },
    ],
  ),
  onExpress('tRPC', (app) => void app.use('/trpc', createExpressMiddleware({ router })), [
    { path: '/trpc/greet?input=%22anna%22', status: 200, ...mounted('/trpc') },
    {
      path: '/trpc/greet,greet?batch=1&input=%7B%220%22%3A%22a%22%2C%221%22%3A%22b%22%7D',
      status: 200,
      ...mounted('/trpc'),
    },
    { path: '/trpc/none', status: 404, ...mounted('/trpc') },
  ]),
]
