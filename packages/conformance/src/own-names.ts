import { expect } from '@jest/globals'

import { call } from './client.ts'
import { bare } from './kit.ts'
import type { Group } from './suite.ts'

export const ownNames: Group = {
  promise: 'leaves an application what it has under the names of the kit',
  assertions({ adapter, check, routes, shop }) {
    check(
      'answers and observes where requests have getters of these names, and says so once for each',
      async () => {
        await using kit = await shop({ app: { routes, getters: true } })
        await using twin = await bare(adapter, { routes, getters: true })
        for (const path of ['/json', '/users/7', '/rejects']) {
          const { status, body } = await call(kit.port, path)
          expect({ status, body }).toEqual(
            await call(twin.port, path).then((own) => ({ status: own.status, body: own.body })),
          )
        }
        await kit.haveEnded(3)
        expect(kit.records.map(({ route, status }) => [route, status])).toEqual([
          ['/json', 200],
          ['/users/:id', 200],
          ['/rejects', 500],
        ])
        const told = kit.lines.filter(({ msg }) => String(msg).includes('setting '))
        expect(told.length).toBeGreaterThan(0)
        expect(new Set(told.map(({ msg }) => msg)).size).toBe(told.length)
        for (const line of told) expect(line).toMatchObject({ level: 'warn' })
      },
    )

    check('leaves the getters as they are', async () => {
      const seen: unknown[] = []
      const handler = ({ log }: { log: unknown }) => {
        seen.push(log)
        return { body: 'seen' }
      }
      await using kit = await shop({
        app: { routes: [{ method: 'GET', pattern: '/seen', handler }], getters: true },
      })
      await call(kit.port, '/seen')
      await kit.haveEnded(1)
      expect(seen).toEqual(['own'])
    })
  },
}
