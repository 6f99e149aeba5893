import type { AddressInfo } from 'node:net'

import { createSightline, type RequestRecord, type Sightline } from '@sightline/core'

import type { Served } from './app.ts'

/**
 * The routes reported for requests, sent one after another.
 *
 * @param serve builds an application observed by this Sightline
 * @param targets paths, or `METHOD path`
 */
export async function toldRoutes(
  serve: (sightline: Sightline) => Promise<Served>,
  targets: readonly string[],
): Promise<Record<string, string | undefined>> {
  let ended = (_record: RequestRecord) => {}
  const sightline = createSightline({
    service: 'shop',
    log: { level: 'silent', pretty: false },
    sinks: [{ name: 'test', write: (record) => ended(record) }],
  })
  const { server, close } = await serve(sightline)
  const { port } = server.address() as AddressInfo
  const told: Record<string, string | undefined> = {}
  for (const target of targets) {
    const record = new Promise<RequestRecord>((resolve) => {
      ended = resolve
    })
    const [method = 'GET', path] = target.includes(' ') ? target.split(' ') : ['GET', target]
    await (await fetch(`http://127.0.0.1:${port}${path}`, { method })).text()
    told[target] = (await record).route
  }
  await close()
  return told
}
