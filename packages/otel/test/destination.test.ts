import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { ProxyTracerProvider, trace as traceApi } from '@opentelemetry/api'
import type { SightlineOptions } from '@sightline/core'
import { attributesOf, type Message, type OtlpSink, startSink } from '@sightline/servers/otlp'

import { otel, startTelemetry, type Telemetry } from '../src/index.ts'
import { type Service, startService } from './service.ts'

let sink: OtlpSink
let services: Service[]
let telemetry: Telemetry | undefined

beforeEach(async () => {
  services = []
  sink = await startSink()
})
afterEach(async () => {
  for (const service of services) await service.close()
  await telemetry?.close(200)
  telemetry = undefined
  expect(sink.faults).toEqual([])
  await sink.close()
})

const toSink = () => otel({ endpoint: sink.url, outbound: false, quiet: true })

async function start(options: SightlineOptions): Promise<Service> {
  const service = await startService((_req, _res, { log }) => log.info('looking'), options)
  services.push(service)
  return service
}
const ask = async ({ url }: Service) => (await fetch(`${url}/orders/7`)).text()
const entries = (signal: 'traces' | 'metrics' | 'logs') => sink.taken(signal).map(({ entry }) => entry)
const isRegistered = () => {
  const provider = traceApi.getTracerProvider()
  return provider instanceof ProxyTracerProvider && provider.getDelegateTracer('t') !== undefined
}

describe('otel() as a destination', () => {
  it('sends each span, metric and line of its Sightline once, and ends with it', async () => {
    const service = await start({ destinations: [toSink()] })
    await ask(service)
    expect(isRegistered()).toBe(true)
    await service.close()
    expect(entries('traces').map(({ name }) => name)).toEqual(['GET /orders/:id'])
    expect(entries('logs').map(({ body }) => (body as Message).stringValue)).toEqual([
      'looking',
      'request completed',
    ])
    const durations = entries('metrics').filter(({ name }) => name === 'http.server.request.duration')
    expect(durations).toHaveLength(1)
    expect(attributesOf(sink.taken('logs')[0]?.resource as Message)).toMatchObject({
      'service.name': { stringValue: 'orders' },
    })
    expect(isRegistered()).toBe(false)
  })

  it('sends nothing twice where telemetry of the process takes every Sightline already', async () => {
    telemetry = startTelemetry({ endpoint: sink.url, outbound: false, quiet: true })
    const service = await start({ destinations: [toSink()] })
    await ask(service)
    expect(await telemetry.flush()).toBe(true)
    expect(entries('traces')).toHaveLength(1)
    expect(entries('logs')).toHaveLength(2)
    await service.close()
    expect(isRegistered()).toBe(true)
  })

  it('is the one telemetry that startTelemetry gets afterwards', async () => {
    const service = await start({ destinations: [toSink()] })
    telemetry = startTelemetry({ endpoint: 'http://127.0.0.1:9', quiet: true })
    await ask(service)
    await service.close()
    expect(entries('traces')).toHaveLength(1)
    expect(isRegistered()).toBe(true)
  })

  it('takes the Sightlines that it is given to alone', async () => {
    const one = await start({ destinations: [toSink()] })
    const other = await start({ service: 'payments' })
    await ask(other)
    await one.close()
    expect(entries('logs')).toEqual([])
  })

  it('can be attached to a Sightline that exists, and starts anew after an end', async () => {
    const destination = toSink()
    for (const path of [1, 2]) {
      const service = await start({})
      service.sightline.attach(destination)
      await ask(service)
      await service.close()
      expect(entries('traces')).toHaveLength(path)
    }
  })

  it('refuses wrong options at once', () => {
    expect(() => otel({ endpoint: 'collector' })).toThrow(/^Sightline: option endpoint is "collector"/)
  })
})
