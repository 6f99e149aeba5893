const throwing = () => {
  throw new Error('must not be called')
}

/** Values that a log line must hold without throwing, growing without limit, or forged content. */
export const HOSTILE_VALUES: Readonly<Record<string, () => unknown>> = {
  'a getter that throws': () =>
    Object.defineProperty({ fine: 1 }, 'bad', { enumerable: true, get: throwing }),
  'a revoked proxy'() {
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    return proxy
  },
  'a proxy that throws at every touch': () =>
    new Proxy(
      {},
      {
        get: throwing,
        ownKeys: throwing,
        has: throwing,
        getPrototypeOf: throwing,
        getOwnPropertyDescriptor: throwing,
      },
    ),
  'a circle'() {
    const circle: Record<string, unknown> = { name: 'circle' }
    circle.self = circle
    circle.list = [circle, { circle }]
    return circle
  },
  'a BigInt': () => ({ big: 2n ** 80n, list: [1n] }),
  'a symbol': () => ({ symbol: Symbol('s'), [Symbol('key')]: 1 }),
  'a toJSON that throws': () => ({ toJSON: throwing }),
  'a toJSON that returns itself'() {
    const value = { toJSON: () => value }
    return value
  },
  'a toString that throws': () => ({ toString: throwing, valueOf: throwing, [Symbol.toPrimitive]: throwing }),
  'a huge text': () => ({ text: 'x'.repeat(5_000_000) }),
  'an object of extreme depth'() {
    let deep: Record<string, unknown> = {}
    for (let depth = 0; depth < 20_000; depth++) deep = { deep }
    return deep
  },
  'an object of extreme breadth': () =>
    Object.fromEntries(Array.from({ length: 50_000 }, (_, n) => [`key${n}`, n])),
  'the key __proto__': () =>
    JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":1}}') as unknown,
  'reserved keys': () => ({
    time: 'forged',
    level: 'fatal',
    msg: 'forged',
    message: 'forged',
    service: 'forged',
    request_id: 'forged',
    trace_id: 'forged',
    span_id: 'forged',
    pid: 1,
    hostname: 'forged',
  }),
  'line feeds, quotes and escapes': () => ({
    text: 'a\n{"level":"fatal","msg":"forged"}\r\n\u2028\u0000"\\\u001b[31mred',
    'key\n"quoted\u001b[0m': 1,
  }),
  'half a surrogate pair': () => ({ text: '\ud83d', '\udc00': 1 }),
  'an invalid date': () => ({ date: new Date(Number.NaN) }),
  'maps and sets': () => ({
    map: new Map<unknown, unknown>([
      ['a', 1n],
      [{}, throwing],
    ]),
    set: new Set([1n, Symbol('s')]),
  }),
  'a buffer': () => ({ buffer: Buffer.alloc(1_000_000), view: new DataView(new ArrayBuffer(8)) }),
  'a function': () => Object.assign(throwing.bind(undefined), { property: 1n }),
  'an error with hostile properties': () =>
    Object.defineProperties(new Error('hostile\nerror'), {
      stack: { get: throwing },
      cause: { enumerable: true, get: throwing },
      level: { value: 'fatal', enumerable: true },
      toJSON: { value: throwing, enumerable: true },
    }),
  'an error that causes itself'() {
    const error = new Error('circle')
    error.cause = new AggregateError([error], 'all of them', { cause: error })
    return error
  },
  'an object without a prototype': () => Object.assign(Object.create(null) as object, { a: 1n, toString: 1 }),
  'an array with holes'() {
    const array: unknown[] = [undefined]
    array[200_000] = 1
    return array
  },
  'numbers that JSON does not have': () => ({
    nan: Number.NaN,
    infinity: -Infinity,
    zero: -0,
    nothing: undefined,
  }),
  // oxlint-disable-next-line unicorn/no-thenable -- the hostile part
  'a thenable that throws': () => ({ then: throwing, promise: Promise.resolve(1n), weak: new WeakMap() }),
}
