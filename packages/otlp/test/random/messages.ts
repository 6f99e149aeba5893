import type { Message } from '@sightline/servers/otlp'

import type { Signal } from '../../src/batch.ts'

/** Random choices. */
export interface Chance {
  /** A natural number below `end`. */
  readonly below: (end: number) => number
  /** Returns `true` with a probability of 1 in `cases`. */
  readonly oneIn: (cases: number) => boolean
  readonly pick: <T>(list: readonly T[]) => T
}

export function chanceOf(random: () => number): Chance {
  const below = (end: number): number => Math.floor(random() * end)
  return {
    below,
    oneIn: (cases) => below(cases) === 0,
    pick: (list) => {
      const item = list[below(list.length)]
      if (item === undefined) throw new RangeError('The list is empty.')
      return item
    },
  }
}

const TEXTS = [
  '',
  'a',
  'GET',
  'wörld',
  '🌍 and more',
  'a "quoted" \\ text',
  '\u0000\u001f\n',
  'http.route',
  '日本語',
  'x'.repeat(200),
]
const KEYS = [
  'http.route',
  'a',
  'service.name',
  'clé',
  '__proto__',
  'constructor',
  '7',
  'user.id',
  'x'.repeat(40),
]
const INTEGERS = [
  '0',
  '1',
  '-1',
  '127',
  '128',
  '-128',
  '4294967295',
  '4294967296',
  '-4294967296',
  '9007199254740991',
  '9007199254740992',
  '-9007199254740991',
  '-9007199254740992',
  '-9007199254740993',
  '9223372036854775807',
  '-9223372036854775808',
  '1700000000000000001',
]
const COUNTS = ['0', '1', '300', '4294967296', '9007199254740991']
const DOUBLES = [0, -0, 1, -1.5, 0.1, 1e300, 5e-324, Number.NaN, Infinity, -Infinity, 2 ** 60]
const TIMES = [
  '0',
  '1',
  '999999',
  '1000000',
  '1700000000250500001',
  '1700000000999999999',
  '18446744073709551615',
  '4294967296',
]

/** Makes random export requests, as objects of the official definitions. */
export function messagesOf(chance: Chance): (signal: Signal) => Message {
  const { below, oneIn, pick } = chance

  const text = (): string => (oneIn(4) ? `${pick(TEXTS)}${below(1_000)}` : pick(TEXTS))
  const list = <T>(most: number, make: () => T): T[] => Array.from({ length: below(most + 1) }, make)
  const bytes = (length: number): Buffer => Buffer.from(Array.from({ length }, () => below(256)))
  /** Usually a valid id. */
  const id = (size: number): Buffer =>
    oneIn(30) ? (oneIn(2) ? bytes(below(20)) : Buffer.alloc(size)) : bytes(size)
  const time = (): string => (oneIn(3) ? pick(TIMES) : `17000000${String(below(1e9)).padStart(11, '0')}`)
  const dropped = (): number => (oneIn(3) ? below(5) : 0)
  const double = (): number => (oneIn(2) ? pick(DOUBLES) : below(1e6) / 7)
  const optional = (make: () => Message): Message => (oneIn(2) ? make() : {})

  function value(depth: number): Message {
    switch (below(depth > 3 ? 6 : 8)) {
      case 0:
        return {}
      case 1:
        return { boolValue: oneIn(2) }
      case 2:
        return { intValue: pick(INTEGERS) }
      case 3:
        return { doubleValue: double() }
      case 4:
        return { bytesValue: bytes(below(6)) }
      case 5:
        return { stringValue: text() }
      case 6:
        return { arrayValue: { values: list(3, () => value(depth + 1)) } }
      default:
        return { kvlistValue: { values: attributes(depth + 1) } }
    }
  }

  /** Attributes with different keys. */
  function attributes(depth = 0): Message[] {
    const from = below(KEYS.length)
    return KEYS.slice(from, from + below(6)).map((key) => ({
      key,
      ...(!oneIn(20) && { value: value(depth) }),
    }))
  }

  function event(): Message {
    return { timeUnixNano: time(), name: text(), attributes: attributes(), droppedAttributesCount: dropped() }
  }

  function link(): Message {
    return {
      traceId: id(16),
      spanId: id(8),
      traceState: text(),
      attributes: attributes(),
      droppedAttributesCount: dropped(),
      flags: below(0x400),
    }
  }

  function span(): Message {
    return {
      traceId: id(16),
      spanId: id(8),
      ...optional(() => ({ parentSpanId: oneIn(3) ? Buffer.alloc(0) : id(8) })),
      traceState: text(),
      name: text(),
      kind: below(7),
      startTimeUnixNano: time(),
      endTimeUnixNano: time(),
      attributes: attributes(),
      droppedAttributesCount: dropped(),
      events: list(2, event),
      droppedEventsCount: dropped(),
      links: list(2, link),
      droppedLinksCount: dropped(),
      ...optional(() => ({ status: { code: below(4), message: text() } })),
      flags: pick([0, 1, 0x101, 0x301, 0xffffffff]),
    }
  }

  function logRecord(): Message {
    return {
      timeUnixNano: time(),
      observedTimeUnixNano: time(),
      severityNumber: below(26),
      severityText: text(),
      ...optional(() => ({ body: value(0) })),
      attributes: attributes(),
      droppedAttributesCount: dropped(),
      flags: below(3),
      ...optional(() => ({ traceId: id(16), spanId: id(8) })),
      eventName: text(),
    }
  }

  const number = (): Message => (oneIn(2) ? { asDouble: double() } : { asInt: pick(INTEGERS) })

  function exemplar(): Message {
    return {
      filteredAttributes: attributes(),
      timeUnixNano: time(),
      ...number(),
      ...optional(() => ({ traceId: id(16), spanId: id(8) })),
    }
  }

  function head(): Message {
    return {
      attributes: attributes(),
      startTimeUnixNano: time(),
      timeUnixNano: time(),
      flags: oneIn(5) ? 1 : 0,
    }
  }

  function histogramPoint(): Message {
    // Sometimes the bounds are not ascending, or there are too few.
    const bounds = list(4, () => below(100)).toSorted((a, b) => (oneIn(20) ? 1 : a - b))
    const buckets = bounds.length === 0 && oneIn(2) ? 0 : bounds.length + (oneIn(20) ? 0 : 1)
    return {
      ...head(),
      count: pick(COUNTS),
      ...optional(() => ({ sum: double(), min: double(), max: double() })),
      bucketCounts: Array.from({ length: buckets }, () => pick(COUNTS)),
      explicitBounds: bounds,
      exemplars: list(2, exemplar),
    }
  }

  function exponentialPoint(): Message {
    const buckets = (): Message => ({ offset: below(200) - 100, bucketCounts: list(4, () => pick(COUNTS)) })
    return {
      ...head(),
      count: pick(COUNTS),
      ...optional(() => ({ sum: double() })),
      scale: below(40) - 20,
      zeroCount: pick(COUNTS),
      zeroThreshold: double(),
      ...optional(() => ({ positive: buckets() })),
      ...optional(() => ({ negative: buckets() })),
      exemplars: list(2, exemplar),
    }
  }

  function summaryPoint(): Message {
    const quantileValues = list(3, () => ({ quantile: double(), value: double() }))
    return { ...head(), count: pick(COUNTS), sum: double(), quantileValues }
  }

  const numberPoint = (): Message => ({
    ...head(),
    ...(oneIn(10) ? {} : number()),
    exemplars: list(1, exemplar),
  })

  function metric(): Message {
    const aggregationTemporality = below(4)
    const kinds: readonly (() => Message)[] = [
      () => ({}),
      () => ({ gauge: { dataPoints: list(3, numberPoint) } }),
      () => ({ sum: { dataPoints: list(3, numberPoint), aggregationTemporality, isMonotonic: oneIn(2) } }),
      () => ({ histogram: { dataPoints: list(3, histogramPoint), aggregationTemporality } }),
      () => ({ exponentialHistogram: { dataPoints: list(3, exponentialPoint), aggregationTemporality } }),
      () => ({ summary: { dataPoints: list(3, summaryPoint) } }),
    ]
    return { name: text(), description: text(), unit: pick(['', 's', 'By']), ...pick(kinds)() }
  }

  const resource = (): Message => ({ attributes: attributes(), droppedAttributesCount: dropped() })
  const scope = (): Message => ({
    name: text(),
    version: pick(['', '1.2.3']),
    attributes: oneIn(3) ? attributes() : [],
    droppedAttributesCount: dropped(),
  })
  const schemaUrl = (): string => pick(['', 'https://opentelemetry.io/schemas/1.40.0'])

  /** The messages around entries. */
  function request(names: readonly [string, string, string], entry: () => Message): Message {
    const scopes = (): Message[] =>
      list(2, () => ({
        ...optional(() => ({ scope: scope() })),
        [names[2]]: list(3, entry),
        schemaUrl: schemaUrl(),
      }))
    return {
      [names[0]]: list(2, () => ({
        ...optional(() => ({ resource: resource() })),
        [names[1]]: scopes(),
        schemaUrl: schemaUrl(),
      })),
    }
  }

  return (signal) => {
    if (signal === 'traces') return request(['resourceSpans', 'scopeSpans', 'spans'], span)
    if (signal === 'logs') return request(['resourceLogs', 'scopeLogs', 'logRecords'], logRecord)
    return request(['resourceMetrics', 'scopeMetrics', 'metrics'], metric)
  }
}
