import { sightline } from '@sightline/express'
import express, { type Express } from 'express'

import { give } from './names.ts'

declare global {
  var app: Express
  var sightline: typeof import('@sightline/express').sightline
}

give({ app: () => express(), sightline: () => sightline })
