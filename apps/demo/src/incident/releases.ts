import { fileURLToPath } from 'node:url'

/** A release of payments. */
export interface Release {
  readonly version: string
  /** The module that starts it. */
  readonly module: string
}

export const SOUND: Release = {
  version: '1.4.1',
  module: fileURLToPath(import.meta.resolve('@sightline/demo-koa')),
}

/** The cause of the incident. */
export const FAULTY: Release = {
  version: '1.4.2',
  module: fileURLToPath(new URL('payments-1.4.2.ts', import.meta.url)),
}
