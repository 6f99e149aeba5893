import { sightline } from '@sightline/koa'
import Koa from 'koa'

import { give } from './names.ts'

declare global {
  var app: Koa
  var sightline: typeof import('@sightline/koa').sightline
}

give({ app: () => new Koa(), sightline: () => sightline })
