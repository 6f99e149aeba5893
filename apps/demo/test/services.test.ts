import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import { afterEach, beforeEach, describe, expect, test } from '@jest/globals'

import { type RunningService, startService } from '../src/service-process.ts'
import { PLANS, SERVICES } from '../src/services.ts'

const LONG = 180_000
/** A port without a listener. */
const NOWHERE = 'http://127.0.0.1:1'

describe.each(SERVICES)('%s', (name) => {
  let folder: string
  let database: string
  let service: RunningService

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sightline-service-'))
    database = join(folder, 'shop.db')
    service = await startService(PLANS[name], {
      logFolder: folder,
      variables: {
        // Jest's own flags do not resolve to the sources.
        NODE_OPTIONS: '--conditions=@sightline/source',
        DATABASE_PATH: database,
        ORDERS_URL: NOWHERE,
        PAYMENTS_URL: NOWHERE,
      },
    })
  }, LONG)

  afterEach(async () => {
    await service.stop()
    await rm(folder, { recursive: true })
  }, LONG)

  async function probe(which: string) {
    const response = await fetch(`${service.url}/health/${which}`)
    const { status } = (await response.json()) as { status: string }
    return { code: response.status, status }
  }

  test(
    'takes traffic although nobody is there whom it calls',
    async () => {
      const status = PLANS[name].upstream ? 'degraded' : 'healthy'
      expect(await probe('ready')).toEqual({ code: 200, status })
      expect(await probe('startup')).toMatchObject({ code: 200 })
    },
    LONG,
  )

  test(
    'takes no traffic while its database cannot be read, lives on, and is ready when it can be read again',
    async () => {
      const good = await readFile(database)
      await writeFile(database, 'no database'.repeat(1_000))
      // The test's timeout ends a failing poll.
      while ((await probe('ready')).code !== 503) await delay(20)
      expect(await probe('live')).toEqual({ code: 200, status: 'healthy' })
      await writeFile(database, good)
      while ((await probe('ready')).code !== 200) await delay(20)
    },
    LONG,
  )

  test(
    'ends gracefully when it is told to, with exit code 0',
    async () => {
      const how = await service.stop()
      const log = await readFile(service.log.file, 'utf8')
      expect({ how, said: log.match(/(?<="msg":")shutdown [^"]*/g) }).toEqual({
        how: 'with code 0',
        said: ['shutdown has begun', 'shutdown has ended'],
      })
    },
    LONG,
  )
})
