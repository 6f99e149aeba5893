/**
 * The cases of W3C's test harness for trace context
 * (https://github.com/w3c/trace-context/blob/main/test/test.py): all cases of both levels at strict level 2,
 * with their original names.
 */

/** The trace id and span id that the harness sends. */
export const TRACE = '12345678901234567890123456789012'
const SPAN = '1234567890123456'

/** A request to the service, and the expectations for its outbound requests. */
export interface Step {
  /** Raw headers: with this order, letter case and white space. */
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  /** Number of outbound requests. Default: 1. */
  readonly calls?: number
  /** The trace is the caller's. */
  readonly continued?: true
  /** The trace id differs from these. */
  readonly notTraces?: readonly string[]
  /** The span id differs. */
  readonly notSpan?: string
  /** The second lowest flag is set. */
  readonly random?: true
  readonly state?: StateExpectation
}

/** The expectations for `tracestate`. */
export interface StateExpectation {
  /** Members with their values, in this order. */
  readonly has?: ReadonlyArray<readonly [key: string, value: string]>
  /** A member with one of these values. */
  readonly hasOneOf?: readonly [key: string, values: readonly string[]]
  readonly lacks?: readonly string[]
  readonly size?: number
  /** The same number of members as in the step before. */
  readonly sizeAsBefore?: true
}

export interface Case {
  readonly name: string
  readonly steps: readonly Step[]
}

const PARENT = `00-${TRACE}-${SPAN}-01`
const UNSAMPLED = `00-${TRACE}-${SPAN}-00`

/** A step with only a `traceparent`. */
const parent = (value: string, expected: Omit<Step, 'headers'>, name = 'traceparent'): Step => ({
  headers: [[name, value]],
  ...expected,
})
const restarted = (value: string, ...others: readonly string[]): Step =>
  parent(value, { notTraces: [TRACE, ...others] })
const continued = (value: string, name?: string): Step => parent(value, { continued: true }, name)

/** A step with a `tracestate` beside a `traceparent`, in one header or several. */
const state = (
  values: readonly string[],
  expected: StateExpectation,
  more: { readonly continued?: true; readonly name?: string } = {},
): Step => {
  const { name = 'tracestate', ...rest } = more
  return {
    headers: [['traceparent', UNSAMPLED], ...values.map((value) => [name, value] as const)],
    state: expected,
    ...rest,
  }
}
const KEPT = { continued: true } as const

const range = (from: number, to: number) =>
  String.fromCharCode(...Array.from({ length: to - from + 1 }, (_, i) => from + i))
/** `bar01=01,bar02=02,…` */
const bars = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, i) => String(from + i).padStart(2, '0'))
    .map((number) => `bar${number}=${number}`)
    .join(',')

const ALL_OF_A_KEY = `${range(0x61, 0x7a)}0123456789_-*/`
const ALL_OF_A_VALUE = range(0x20, 0x2b) + range(0x2d, 0x3c) + range(0x3e, 0x7e)
const THREE = [
  ['foo', '1'],
  ['bar', '2'],
  ['baz', '3'],
] as const
const FOO = [['foo', '1']] as const

/** A key of maximum length, with its neighbour. */
const longKey = (key: string): Step => state(['foo=1', `${key}=1`], { has: [...FOO, [key, '1']] })

export const CASES: readonly Case[] = [
  { name: 'both_traceparent_and_tracestate_missing', steps: [{ headers: [] }] },
  {
    name: 'traceparent_included_tracestate_missing',
    steps: [parent(PARENT, { continued: true, notSpan: SPAN })],
  },
  {
    name: 'traceparent_duplicated',
    steps: [
      {
        headers: [
          ['traceparent', `00-${TRACE.slice(0, -1)}1-${SPAN}-01`],
          ['traceparent', PARENT],
        ],
        notTraces: [`${TRACE.slice(0, -1)}1`, TRACE],
      },
    ],
  },
  {
    name: 'traceparent_header_name',
    steps: ['trace-parent', 'trace.parent'].map((name) => parent(PARENT, { notTraces: [TRACE] }, name)),
  },
  {
    name: 'traceparent_header_name_valid_casing',
    steps: ['TraceParent', 'TrAcEpArEnT', 'TRACEPARENT'].map((name) => continued(PARENT, name)),
  },
  {
    name: 'traceparent_version_0x00',
    steps: [restarted(`${PARENT}.`), restarted(`${PARENT}-what-the-future-will-be-like`)],
  },
  {
    name: 'traceparent_version_0xcc',
    steps: [
      continued(`cc-${TRACE}-${SPAN}-01`),
      continued(`cc-${TRACE}-${SPAN}-01-what-the-future-will-be-like`),
      restarted(`cc-${TRACE}-${SPAN}-01.what-the-future-will-be-like`),
    ],
  },
  { name: 'traceparent_version_0xff', steps: [restarted(`ff-${TRACE}-${SPAN}-01`)] },
  {
    name: 'traceparent_version_illegal_characters',
    steps: [restarted(`.0-${TRACE}-${SPAN}-01`), restarted(`0.-${TRACE}-${SPAN}-01`)],
  },
  {
    name: 'traceparent_version_too_long',
    steps: [restarted(`000-${TRACE}-${SPAN}-01`), restarted(`0000-${TRACE}-${SPAN}-01`)],
  },
  { name: 'traceparent_version_too_short', steps: [restarted(`0-${TRACE}-${SPAN}-01`)] },
  {
    name: 'traceparent_trace_id_all_zero',
    steps: [restarted(`00-${'0'.repeat(32)}-${SPAN}-01`, '0'.repeat(32))],
  },
  {
    name: 'traceparent_trace_id_illegal_characters',
    steps: [`.${TRACE.slice(1)}`, `${TRACE.slice(0, -1)}.`].map((id) => restarted(`00-${id}-${SPAN}-01`, id)),
  },
  {
    name: 'traceparent_trace_id_too_long',
    steps: [restarted(`00-${TRACE}3-${SPAN}-01`, `${TRACE}3`, `${TRACE}3`.slice(1))],
  },
  {
    name: 'traceparent_trace_id_too_short',
    steps: [restarted(`00-${TRACE.slice(0, -1)}-${SPAN}-01`, TRACE.slice(0, -1))],
  },
  { name: 'traceparent_parent_id_all_zero', steps: [restarted(`00-${TRACE}-${'0'.repeat(16)}-01`)] },
  {
    name: 'traceparent_parent_id_illegal_characters',
    steps: [`.${SPAN.slice(1)}`, `${SPAN.slice(0, -1)}.`].map((id) => restarted(`00-${TRACE}-${id}-01`)),
  },
  { name: 'traceparent_parent_id_too_long', steps: [restarted(`00-${TRACE}-${SPAN}7-01`)] },
  { name: 'traceparent_parent_id_too_short', steps: [restarted(`00-${TRACE}-${SPAN.slice(0, -1)}-01`)] },
  {
    name: 'traceparent_trace_flags_illegal_characters',
    steps: [restarted(`00-${TRACE}-${SPAN}-.0`), restarted(`00-${TRACE}-${SPAN}-0.`)],
  },
  { name: 'traceparent_trace_flags_too_long', steps: [restarted(`00-${TRACE}-${SPAN}-001`)] },
  { name: 'traceparent_trace_flags_too_short', steps: [restarted(`00-${TRACE}-${SPAN}-1`)] },
  {
    name: 'traceparent_ows_handling',
    steps: [` ${PARENT}`, `\t${PARENT}`, `${PARENT} `, `${PARENT}\t`, `\t ${PARENT} \t`].map((value) =>
      continued(value),
    ),
  },
  {
    name: 'tracestate_included_traceparent_missing',
    steps: [
      { headers: [['tracestate', 'foo=1']] },
      { headers: [['tracestate', 'foo=1,bar=2']], state: { sizeAsBefore: true } },
    ],
  },
  {
    name: 'tracestate_included_traceparent_included',
    steps: [state(['foo=1,bar=2'], { has: THREE.slice(0, 2) }, KEPT)],
  },
  {
    name: 'tracestate_header_name',
    steps: ['trace-state', 'trace.state'].map((name) => state(['foo=1'], { lacks: ['foo'] }, { name })),
  },
  {
    name: 'tracestate_header_name_valid_casing',
    steps: ['TraceState', 'TrAcEsTaTe', 'TRACESTATE'].map((name) => state(['foo=1'], { has: FOO }, { name })),
  },
  {
    name: 'tracestate_empty_header',
    steps: [
      state([''], {}, KEPT),
      state(['foo=1', ''], { has: FOO }, KEPT),
      state(['', 'foo=1'], { has: FOO }, KEPT),
    ],
  },
  {
    name: 'tracestate_multiple_headers_different_keys',
    steps: [
      state(
        ['foo=1,bar=2', 'rojo=1,congo=2', 'baz=3'],
        { has: [...THREE.slice(0, 2), ['rojo', '1'], ['congo', '2'], ['baz', '3']] },
        KEPT,
      ),
    ],
  },
  {
    name: 'tracestate_duplicated_keys',
    steps: [
      state(['foo=1,foo=1'], { has: FOO }, KEPT),
      state(['foo=1,foo=2'], { hasOneOf: ['foo', ['1', '2']] }, KEPT),
      state(['foo=1', 'foo=1'], { has: FOO }, KEPT),
      state(['foo=1', 'foo=2'], { hasOneOf: ['foo', ['1', '2']] }, KEPT),
    ],
  },
  {
    name: 'tracestate_all_allowed_characters',
    steps: [ALL_OF_A_KEY, `${ALL_OF_A_KEY}@a-z0-9_-*/`].map((key) =>
      state([`${key}=${ALL_OF_A_VALUE}`], { has: [[key, ALL_OF_A_VALUE]] }),
    ),
  },
  {
    name: 'tracestate_ows_handling',
    steps: [
      state(['foo=1 \t , \t bar=2, \t baz=3'], { has: THREE }),
      state(['foo=1\t \t,\t \tbar=2,\t \tbaz=3'], { has: THREE }),
      ...[' foo=1', '\tfoo=1', 'foo=1 ', 'foo=1\t', '\t foo=1 \t'].map((value) =>
        state([value], { has: FOO }, KEPT),
      ),
    ],
  },
  {
    name: 'tracestate_key_illegal_characters',
    steps: [
      state(['foo =1'], { lacks: ['foo '] }),
      state(['FOO=1'], { lacks: ['FOO'] }),
      state(['foo.bar=1'], { lacks: ['foo.bar'] }),
    ],
  },
  {
    name: 'tracestate_key_illegal_vendor_format',
    steps: [
      ...['foo@', 'foo@@bar', 'foo@bar@baz'].map((key) =>
        state([`${key}=1,bar=2`], {
          has: [
            [key, '1'],
            ['bar', '2'],
          ],
        }),
      ),
      state(['@foo=1,bar=2'], { lacks: ['bar'] }),
    ],
  },
  {
    name: 'tracestate_member_count_limit',
    steps: [
      state([bars(1, 10), bars(11, 20), bars(21, 30), bars(31, 32)], { has: [['bar01', '01']], size: 32 }),
      state([bars(1, 10), bars(11, 20), bars(21, 30), bars(31, 33)], { lacks: ['bar01'] }),
    ],
  },
  {
    name: 'tracestate_key_length_limit',
    steps: [
      longKey('z'.repeat(256)),
      state(['foo=1', `${'z'.repeat(257)}=1`], { lacks: ['foo'] }),
      longKey(`${'t'.repeat(241)}@${'v'.repeat(14)}`),
      longKey(`${'t'.repeat(242)}@v`),
      longKey(`t@${'v'.repeat(15)}`),
    ],
  },
  {
    name: 'tracestate_value_illegal_characters',
    steps: [state(['foo=bar=baz'], { lacks: ['foo'] }), state(['foo=,bar=3'], { lacks: ['foo', 'bar'] })],
  },
  {
    name: 'multiple_requests_with_valid_traceparent',
    steps: [parent(PARENT, { calls: 3, continued: true })],
  },
  { name: 'multiple_requests_without_traceparent', steps: [{ headers: [], calls: 3 }] },
  {
    name: 'multiple_requests_with_illegal_traceparent',
    steps: [parent(`00-${'0'.repeat(32)}-${SPAN}-01`, { calls: 3, notTraces: ['0'.repeat(32)] })],
  },
  {
    name: 'propagates_random_flag',
    steps: [parent(`00-${TRACE}-${SPAN}-02`, { continued: true, notSpan: SPAN, random: true })],
  },
]
