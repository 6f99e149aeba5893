import { readFile } from 'node:fs/promises'

import { expect, test } from '@jest/globals'

import { type ArrivedSpan, startCollector } from './collector.ts'
import { SERVICE_LINE, startDemoWith } from './run.ts'

const LONG = 180_000
const SERVER = 2
const CLIENT = 3

/** A span and its ancestors, up to the root. */
function ancestry(span: ArrivedSpan, spans: readonly ArrivedSpan[]): ArrivedSpan[] {
  const parent = spans.find(({ spanId }) => spanId === span.parentSpanId)
  return parent ? [span, ...ancestry(parent, spans)] : [span]
}

test(
  'sends a checkout as one trace of three services, with their calls and their databases',
  async () => {
    await using collector = await startCollector()
    const variables = {
      OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
      OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
    }
    const { code, output } = await startDemoWith(variables, '--for', '3').ended()
    expect(code).toBe(0)
    const [, checkout = ''] = /by its trace id ([0-9a-f]{32})/.exec(output) ?? []
    const spans = collector.spans.filter(({ traceId }) => traceId === checkout)

    const statement = spans.find(({ name, service }) => name === 'sqlite insert' && service === 'payments')
    if (!statement) throw new Error('payments have not written the payment down')
    const way = ancestry(statement, spans)
    expect(way.map(({ service, kind, name }) => [service, kind, name])).toEqual([
      ['payments', CLIENT, 'sqlite insert'],
      ['payments', SERVER, 'POST /payments'],
      ['orders', CLIENT, 'POST'],
      ['orders', SERVER, 'POST /customers/:customerId/orders'],
      ['storefront', CLIENT, 'POST'],
      ['storefront', SERVER, 'POST /carts/:cartId/checkout'],
    ])
    // One SERVER span per request, from whichever tracer.
    expect(spans.filter(({ kind }) => kind === SERVER)).toHaveLength(3)
    expect(statement.attributes).toMatchObject({
      'db.system.name': 'sqlite',
      'db.query.text': expect.stringContaining('insert into payments'),
    })
  },
  LONG,
)

test(
  'shows each service’s part of a checkout as a tree',
  async () => {
    const { code, output } = await startDemoWith({ OTEL_TRACES_EXPORTER: 'console' }, '--for', '3').ended()
    expect(code).toBe(0)
    const [, checkout = ''] = /by its trace id ([0-9a-f]{32})/.exec(output) ?? []
    const [[, , , storefront = ''] = []] = output.matchAll(SERVICE_LINE)
    const [tree = ''] = (await readFile(storefront, 'utf8')).split(`trace ${checkout}`)
    const lines = tree.slice(tree.lastIndexOf('\nPOST /carts/:cartId/checkout 201') + 1).split('\n')
    expect(lines[0]).toMatch(/^POST \/carts\/:cartId\/checkout 201 .* ms/)
    expect(lines.some((line) => /[├└]─ POST 127\.0\.0\.1 201 /.test(line))).toBe(true)
    expect(lines.some((line) => /[├└]─ sqlite \w+/.test(line))).toBe(true)
  },
  LONG,
)
