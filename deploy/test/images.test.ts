import { once } from 'node:events'
import { type AddressInfo, createServer, type Socket } from 'node:net'

import { describe, expect, test } from '@jest/globals'

import { beginContainer, startContainer } from './container.ts'
import { imageOf } from './image.ts'
import { SHOP } from './shop.ts'

const LONG = 180_000

describe.each(SHOP)('the image of $name', ({ folder }) => {
  test('comes from a Dockerfile without a mistake', async () => {
    expect((await imageOf(folder)).problems).toEqual([])
  })

  test('takes what it needs from its folder, and lets nothing else in', async () => {
    const { files, letIn } = await imageOf(folder)
    expect(letIn.filter((file) => file !== 'package-lock.json')).toEqual(files.map(({ from }) => from))
  })

  test('runs as a user who is not root, by number, so that Kubernetes can tell', async () => {
    expect((await imageOf(folder)).user).toMatch(/^[1-9]\d*:[1-9]\d*$/)
  })

  test('listens where it says, for everybody outside of the container', async () => {
    const { env, port } = await imageOf(folder)
    expect(env).toEqual({
      NODE_ENV: 'production',
      HOST: '0.0.0.0',
      PORT: String(port),
      SIGHTLINE_LIFECYCLE: 'true',
    })
  })

  test(
    'is well by its own health check, and ends with exit code 0 as the first process when it is told to',
    async () => {
      await using container = await startContainer(folder)
      await container.checkHealth()
      expect(await container.stop()).toEqual({ code: 0, signal: null })
      await expect(container.checkHealth()).rejects.toThrow('ECONNREFUSED')
    },
    LONG,
  )

  test(
    'ends with exit code 0 as the first process when it is told to before it listens',
    async () => {
      // A database that never answers: the service waits for it before it listens.
      const database = createServer().listen(0, '127.0.0.1')
      await once(database, 'listening')
      const { port } = database.address() as AddressInfo
      const connected = once(database, 'connection')
      await using container = await beginContainer(folder, {
        DATABASE_URL: `postgres://shop@127.0.0.1:${port}/shop`,
      })
      const [socket] = (await connected) as [Socket]
      expect(await container.stop()).toEqual({ code: 0, signal: null })
      socket.destroy()
      database.close()
    },
    LONG,
  )
})
