import type { ServiceName } from './incident.ts'
import { keyValues } from './otlp.ts'
import { type Counts, type Description, noCounts, observe, type Reading } from './points.ts'

/** The instruments that the shop's own code created, by what they count. */
const INSTRUMENTS = {
  visits: counter('shop-web', 'shop.visits', '{visit}', 'Visits of customers.'),
  misses: counter('shop-web', 'shop.search.misses', '{search}', 'Searches without a hit.'),
  checkouts: counter('shop-web', 'shop.checkouts', '{checkout}', 'Checkouts by outcome.'),
  orders: counter('orders', 'shop.orders', '{order}', 'Orders by how their payment ended.'),
  revenue: counter('orders', 'shop.revenue.euros', '{EUR}', 'Revenue of paid orders.'),
  value: { ...counter('orders', 'shop.order.value.euros', '{EUR}', 'Value of an order.'), isHistogram: true },
  charges: counter('payments', 'shop.charges', '{charge}', 'Charges of cards by outcome.'),
  refunds: counter('payments', 'shop.refunds.euros', '{EUR}', 'Money paid back.'),
} as const

/** Upper bounds of an order's value, in euros. */
const BOUNDS = [5, 10, 20, 30, 40, 60, 80, 120, 200, 500]

const STOCK = description('shop.inventory.items', '{item}', 'Items in stock by SKU.')
const USERS = description('shop.active_users', '{user}', 'Customers with a request in the last five minutes.')
const RATIO = description('metric_ratio_info', '', 'Ratios of metrics that the service declared. Always 1.')

/** What the conversion is made of. The expressions are those of PromQL. */
const CONVERSION = keyValues({
  name: 'shop_conversion_ratio',
  help: 'Visits that end in a paid order.',
  of: 'shop_orders_total{status="paid"}',
  to: 'shop_visits_total',
})

/** Something that happened in the shop. */
export interface BusinessEvent {
  readonly what: keyof typeof INSTRUMENTS
  readonly amount?: number
  readonly labels?: Readonly<Record<string, string>>
}

/** The service that counts an event. */
export const countedBy = ({ what }: BusinessEvent): ServiceName => INSTRUMENTS[what].service

/** The business instruments of one process. */
export interface Business {
  count(event: BusinessEvent): void
  /** Their metrics. `ageSeconds` is the age of the process, `busyness` from 0 to 1 how many customers there are. */
  metrics(reading: Reading, state: { readonly ageSeconds: number; readonly busyness: number }): object[]
}

/** Creates the business instruments of a process. The first process of a service reads what all share, such as the stock. */
export function createBusiness(service: ServiceName, number: number): Business {
  const sums = new Map<string, Map<string, number>>()
  const values = noCounts([], BOUNDS)
  return {
    count({ what, amount = 1, labels = {} }) {
      if (what === 'value') return void observe(values, BOUNDS, amount)
      const key = JSON.stringify(labels)
      const series = sums.get(what) ?? new Map<string, number>()
      sums.set(what, series.set(key, (series.get(key) ?? 0) + amount))
    },
    metrics(reading, { ageSeconds, busyness }) {
      const counted = Object.entries(INSTRUMENTS)
        .filter(([, instrument]) => instrument.service === service)
        .map(([what, { describe, ...instrument }]) =>
          'isHistogram' in instrument
            ? reading.histogram(describe, BOUNDS, [values satisfies Counts])
            : reading.sum(
                describe,
                Array.from(sums.get(what) ?? [], ([key, value]) => [keyValues(JSON.parse(key)), value]),
              ),
        )
      if (service === 'shop-web')
        counted.push(
          reading.gauge(USERS, [
            [[], Math.round(40 + 180 * busyness + 6 * Math.sin(ageSeconds / 37 + number))],
          ]),
          reading.gauge(RATIO, [[CONVERSION, 1]]),
        )
      if (service === 'orders' && number === 0)
        counted.push(
          reading.gauge(
            STOCK,
            Array.from(SKUS, (sku, at) => [keyValues({ sku }), stockOf(at, ageSeconds)] as const),
          ),
        )
      return counted
    },
  }
}

/** What the shop sells. */
export const SKUS = [
  'mug-blue',
  'mug-red',
  'tea-green',
  'tea-black',
  'kettle',
  'spoon',
  'honey',
  'filter',
] as const

/** How many of a thing are left: all are sold at a pace of their own, and then bought anew. */
function stockOf(at: number, ageSeconds: number): number {
  const full = 60 + at * 45
  const soldPerSecond = 0.008 + at * 0.004
  const sold = Math.floor(ageSeconds * soldPerSecond + full * ((at * 0.37) % 1))
  return full - (sold % full)
}

function description(name: string, unit: string, text: string): Description {
  return { name, unit, description: text }
}

function counter(
  service: ServiceName,
  name: string,
  unit: string,
  text: string,
): { readonly service: ServiceName; readonly describe: Description } {
  return { service, describe: description(name, unit, text) }
}
