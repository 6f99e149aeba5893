/**
 * A process that counts orders by customer, and reports the cost of one count: `labels.ts <counter> <label
 * sets>`.
 */
import { createSightline } from '@sightline/core'
import { Counter, Registry } from 'prom-client'

import { medianOf } from '../statistics.ts'
import type { CounterName } from './run.ts'

const COUNTS = 100_000
const REPEATS = 7

const [, , name, sets] = process.argv as unknown as [string, string, CounterName, string]
const customers = Array.from({ length: Number(sets) }, (_none, i) => ({ customer: `customer-${i}` }))
const config = { name: 'orders_total', help: 'Orders.' }
const counter =
  name === 'sightline'
    ? createSightline({ service: 'bench', metrics: { maxSeries: customers.length } }).metrics.counter({
        ...config,
        labels: ['customer'],
      })
    : new Counter({ ...config, labelNames: ['customer'], registers: [new Registry()] })

// The first pass creates the series, the second warms up the compiler.
for (const customer of [...customers, ...customers]) counter.inc(customer)

const costs = Array.from({ length: REPEATS }, () => {
  const start = process.cpuUsage()
  for (let i = 0; i < COUNTS; i++) counter.inc(customers[i % customers.length] as { customer: string })
  const { user, system } = process.cpuUsage(start)
  return ((user + system) * 1_000) / COUNTS
})
process.send?.(medianOf(costs))
process.disconnect?.()
