import { once } from 'node:events'

import { expect } from '@jest/globals'

import { expectAccounts } from './accounts.ts'
import type { Route } from './app.ts'
import { BREACHES, LEAVINGS } from './breaches.ts'
import { bytesOf, converse, END, open } from './client.ts'
import { bare, observed, type Kit } from './kit.ts'
import type { Group } from './suite.ts'
import { comparable } from './twins.ts'

function acting(act: (typeof LEAVINGS)[string]): { routes: Route[] } {
  const route: Route = {
    method: 'GET',
    pattern: '/broken',
    raw: true,
    async handler({ req, res }) {
      await act(req, res)
      return undefined
    },
  }
  return { routes: [route] }
}

/** Asserts that record, log and metrics of the only request report a failure of the service. */
async function expectBroken(kit: Kit, error?: string): Promise<void> {
  await expectAccounts(kit, 1)
  expect(kit.records).toMatchObject([{ outcome: 'broken' }])
  expect(kit.access).toMatchObject([
    {
      outcome: 'broken',
      level: 'error',
      msg: 'request failed',
      ...(error && { err: { type: error, stack: expect.any(String) } }),
    },
  ])
  const metrics = await kit.metrics()
  expect(metrics.sum('http_requests_total', { status: '500' })).toBe(1)
  expect(metrics.sum('http_requests_aborted_total')).toBe(0)
  expect(kit.sightline.stats()).toMatchObject({ requests: 1, errorRatio: 1, abortRatio: 0 })
}

/** Asserts that record, log and metrics of the only request report a client that left first. */
async function expectAborted(kit: Kit): Promise<void> {
  await expectAccounts(kit, 1)
  expect(kit.access).toMatchObject([{ outcome: 'aborted', level: 'warn', msg: 'request aborted' }])
  const metrics = await kit.metrics()
  expect(metrics.sum('http_requests_total', { status: '500' })).toBe(0)
  expect(metrics.sum('http_requests_aborted_total')).toBe(1)
  expect(kit.sightline.stats()).toMatchObject({ requests: 1, errorRatio: 0, abortRatio: 1 })
}

const ASK = bytesOf('GET', '/broken')

export const breaking: Group = {
  promise: 'tells a service that breaks off its response from a client that leaves',
  assertions({ adapter, check, shop }) {
    for (const [what, { act, error }] of Object.entries(BREACHES)) {
      check(`is broken by ${what}`, async () => {
        const app = acting(act)
        await using kit = await observed(adapter, { app })
        await using twin = await bare(adapter, app)
        const [withKit, without] = await Promise.all([converse(kit.port, ASK), converse(twin.port, ASK)])
        // The network decides how many of its bytes were sent.
        expect(comparable(withKit).slice(0, 200)).toBe(comparable(without).slice(0, 200))
        await expectBroken(kit, error)
      })
    }

    check('is broken by a body that fails', async () => {
      await using kit = await shop()
      await converse(kit.port, bytesOf('GET', '/breaks'), { until: 'one' }, END)
      await expectBroken(kit)
      expect(kit.records).toMatchObject([{ status: 200, route: '/breaks' }])
    })

    check('is broken by a handler that writes and then throws', async () => {
      await using kit = await shop()
      await converse(kit.port, bytesOf('GET', '/throws-late'), { until: 'partial' }, END)
      await expectBroken(kit, 'Error')
    })

    check('has a status of 500 and the error’s class under the names of OpenTelemetry', async () => {
      const { act } = BREACHES['a source that fails'] as (typeof BREACHES)[string]
      await using kit = await observed(adapter, { app: acting(act), metrics: { naming: 'otel' } })
      await converse(kit.port, ASK)
      await kit.haveEnded(1)
      const labels = { http_response_status_code: '500', error_type: 'StorageError', http_route: '/broken' }
      expect((await kit.metrics()).sum('http_server_request_duration_seconds_count', labels)).toBe(1)
    })

    for (const [what, act] of Object.entries(LEAVINGS)) {
      for (const how of ['end', 'destroy', 'resetAndDestroy'] as const) {
        check(`is aborted by a client that leaves (${how}): ${what}`, async () => {
          await using kit = await observed(adapter, { app: acting(act) })
          const socket = await open(kit.port)
          socket.write(ASK)
          await once(socket, 'data')
          socket[how]()
          await expectAborted(kit)
          socket.destroy()
        })
      }
    }

    check('is aborted by a client that sends what is no body', async () => {
      await using kit = await observed(adapter, { app: acting((req) => void req.resume()) })
      const socket = await open(kit.port)
      socket.write(bytesOf('GET', '/broken', ['Transfer-Encoding: chunked'], '3\r\nabc\r\n'))
      await kit.haveArrived(1)
      socket.write('no length\r\n')
      await expectAborted(kit)
      socket.destroy()
    })

    check('is aborted by a client that does not take what was handed over', async () => {
      const ended = Promise.withResolvers<ServerDestroy>()
      await using kit = await observed(adapter, {
        app: acting((req, res) => {
          res.end('x'.repeat(50_000_000))
          ended.resolve(() => req.socket.destroy())
        }),
      })
      const socket = await open(kit.port)
      socket.pause()
      socket.write(ASK)
      const destroy = await ended.promise
      destroy()
      await expectAborted(kit)
      socket.destroy()
    })
  },
}

type ServerDestroy = () => void
