import sightline from '@sightline/fastify'
import Fastify, { type FastifyInstance } from 'fastify'

import { give } from './names.ts'

declare global {
  var app: FastifyInstance
  var sightline: typeof import('@sightline/fastify').default
}

give({ app: () => Fastify(), sightline: () => sightline })
