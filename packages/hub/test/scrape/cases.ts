/** What a target answers to one scrape. */
interface Answer {
  readonly body: string | Uint8Array
  /** Default: the text format. */
  readonly type?: string
  readonly status?: number
}

/** A target, its answers in turn (the last one again and again), and fields of its job in `prometheus.yml`. */
export interface Case {
  readonly title: string
  readonly answers: readonly Answer[]
  readonly job?: Readonly<Record<string, unknown>>
  /**
   * Whether only the series of the scrapes themselves are compared: of a scrape that fails after its first lines, Prometheus 2.42 does
   * not end the series that were in these lines, and ours end all.
   */
  readonly reportOnly?: boolean
}

export const OPEN_METRICS = 'application/openmetrics-text; version=1.0.0; charset=utf-8'

const text = (body: string): Answer => ({ body })
const om = (body: string): Answer => ({ body, type: OPEN_METRICS })
const valid = text('before 1\nchanging{a="b"} 2\n')
const validOm = om('before 1\nchanging{a="b"} 2\n# EOF\n')

/** Bodies of the text format, each of which is valid or fails the scrape. */
const texts: Readonly<Record<string, string>> = {
  numbers:
    'a 1\nb -1.5e3\nc .5\nd 5.\ne +Inf\nf -Inf\ng NaN\nh nan\ni inf\nj infinity\nk +5\nl 1E3\nm 0\nn -0\no 1e-320\np 123456789012345678\n',
  'blank lines': '\n\na 1\n\nb 2\n\n',
  'lines of white space': ' \n\t\na 1\n',
  'white space around a value': 'a  1 \nb\t2\t\nc \t 3  \n',
  'white space before labels': 'a  {x="1"} 1\n',
  'white space in labels': 'a{ x = "1" ,\ty="2" } 1\n',
  'no white space after labels': 'a{x="1"}1\n',
  'an empty label set': 'a{} 1\nb{ } 2\nc{x="1",} 3\nd{x="1" , } 4\n',
  'no line feed at the end': 'a 1\nb 2',
  escapes: 'a{x="\\\\ \\" \\n \\t é 日本 \\\\n"} 1\nb{x=""} 2\nc{x="} # {"} 3\n',
  'a line feed in a value': 'a{x="1\n2"} 1\nb 2\n',
  comments:
    '#comment\n# \n#\n# HELP\n# HELPER a b\n# HELP a\n# HELP a text \\\\ \\n x\n# TYPE a gauge\n# EOF\na 1\n',
  types: '# TYPE a counter\n# TYPE b gauge\n# TYPE c histogram\n# TYPE d summary\n# TYPE e untyped\na 1\n',
  duplicates: 'a 1\na 2\nb{x="1"} 1\nb{ x="1" } 2\n',
  'names with colons': ':a:b 1\n_ 2\nA9 3\n',
  'a label __name__': 'a{__name__="b"} 1\n',
  'internal labels': 'a{__x__="1",__y="2"} 1\n',
  'no comma between labels': 'a{x="1"y="2"} 1\n',
  'two commas': 'a{x="1",,y="2"} 1\n',
  'a comma first': 'a{,x="1"} 1\n',
  'a label twice': 'a{x="1",x="2"} 1\n',
  'carriage returns': 'a 1\r\nb 2\r\n',
  'hexadecimal numbers': 'a 0x10\n',
  underscores: 'a 1_000\n',
  'a number that is too large': 'a 1e999\n',
  'no number': 'a one\n',
  'a signed NaN': 'a +NaN\n',
  'no value': 'a\nb 2\n',
  'no value after labels': 'a{x="1"}\n',
  'an open label set': 'a{x="1" 1\n',
  'an open value': 'a{x="1} 1\n',
  'a value without quotes': 'a{x=1} 1\n',
  'a metric name with a dash': 'a-b 1\n',
  'a metric name with a digit first': '1a 1\n',
  'a label name with a colon': 'a{x:y="1"} 1\n',
  'a label name with a digit first': 'a{1x="1"} 1\n',
  'labels alone': '{x="1"} 1\n',
  'a quoted metric name': '{"a",x="1"} 1\n',
  'an unknown type': '# TYPE a curve\na 1\n',
  'a type in capitals': '# TYPE a COUNTER\na 1\n',
  'a type with a space': '# TYPE a counter \na 1\n',
  'a type of OpenMetrics': '# TYPE a info\na 1\n',
  'a type without a metric': '# TYPE 1 counter\na 1\n',
  'a type and nothing else': '# TYPE a\na 1\n',
  'a negative timestamp': 'a 1 -5\n',
  'a timestamp with a fraction': 'a 1 5.5\n',
  'a timestamp that is too large': 'a 1 99999999999999999999\n',
  'a text after the value': 'a 1 x\n',
  'a text after the timestamp': 'a 1 1 x\n',
  'a brace after the value': 'a 1{x="1"}\n',
  'an exemplar': 'a_total 1 # {trace_id="1"} 1\n',
  'a backslash outside of a value': 'a{x=\\"1"} 1\n',
  'a quoted brace': 'a{x="}"} 1\n',
  'a value that ends in a backslash': 'a{x="1\\\\"} 1\nb{x="\\\\\\""} 2\n',
}

const openMetrics: Readonly<Record<string, string>> = {
  'all kinds':
    '# TYPE a counter\n# UNIT a_seconds seconds\n# HELP a text \\" \\\\ \\n x\na_total 1\n# TYPE b gauge\nb{x="1",y="\\"\\\\\\n"} 1.5\n# TYPE c histogram\nc_bucket{le="1.0"} 1\nc_bucket{le="+Inf"} 2\nc_count 2\nc_sum 3\n# TYPE d summary\nd{quantile="0.5"} 1\n# TYPE e info\ne_info{v="1"} 1\n# TYPE f stateset\nf{f="x"} 1\n# TYPE g gaugehistogram\ng_bucket{le="+Inf"} 2\n# TYPE h unknown\nh 1\n# EOF\n',
  exemplars:
    'a_total 1 # {trace_id="1"} 0.5\nb_bucket{le="1"} 1 # {} 1\nc_total 3 # {trace_id="2",x="# {"} 0.5 1600000000.5\n# EOF\n',
  'no line feed at the end': 'a 1\n# EOF',
  'an empty label set': 'a{} 1\n# EOF\n',
  'no EOF': 'a 1\n',
  nothing: '',
  'only EOF': '# EOF\n',
  'data after EOF': '# EOF\na 1\n',
  'a line after EOF': 'a 1\n# EOF\n\n',
  'a blank line': 'a 1\n\nb 1\n# EOF\n',
  'a comment': '# comment\na 1\n# EOF\n',
  'two spaces': 'a  1\n# EOF\n',
  'a tab': 'a\t1\n# EOF\n',
  'a space first': ' a 1\n# EOF\n',
  'a space last': 'a 1 \n# EOF\n',
  'a space in labels': 'a{x="1", y="2"} 1\n# EOF\n',
  'a space before labels': 'a {x="1"} 1\n# EOF\n',
  'a comma last': 'a{x="1",} 1\n# EOF\n',
  'no comma': 'a{x="1"y="2"} 1\n# EOF\n',
  'a line feed in a value': 'a{x="1\n2"} 1\n# EOF\n',
  'a unit that is no suffix': '# UNIT a seconds\na 1\n# EOF\n',
  'an empty unit': '# UNIT a \na 1\n# EOF\n',
  'a type of the text format': '# TYPE a untyped\na 1\n# EOF\n',
  'a NaN as timestamp': 'a 1 NaN\n# EOF\n',
  'an exemplar without a value': 'a_total 1 # {x="1"}\n# EOF\n',
  'an exemplar with a bad value': 'a_total 1 # {x="1"} x\n# EOF\n',
  'an exemplar with a bad time': 'a_total 1 # {x="1"} 1 x\n# EOF\n',
  'an exemplar with a text behind': 'a_total 1 # {x="1"} 1 1 1\n# EOF\n',
  'an exemplar with a space in labels': 'a_total 1 # {x="1", y="2"} 1\n# EOF\n',
  'an exemplar of two labels': 'a_total 1 # {x="1",y="2"} 1\n# EOF\n',
  'a hash without a brace': 'a_total 1 # x\n# EOF\n',
  'two exemplars': 'a_total 1 # {x="1"} 1 # {x="1"} 1\n# EOF\n',
  'a value cut off': 'a{x="1"} \n# EOF\n',
  'a help without a text': '# HELP a\na 1\n# EOF\n',
  'a help with an empty text': '# HELP a \na 1\n# EOF\n',
}

const rule = (fields: Record<string, unknown>) => ({ metric_relabel_configs: [fields] })
const labelled = text('a{x="Shop",y="shop",port_http="1"} 1\nb{x="cart"} 2\nc{__tmp="1",x="a;b"} 3\n')

/** Rules of metric_relabel_configs. */
const rules: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  keep: rule({ source_labels: ['__name__'], regex: 'a|c', action: 'keep' }),
  drop: rule({ source_labels: ['x', 'y'], regex: 'Shop;.*', action: 'drop' }),
  'keep in capitals': rule({ source_labels: ['x'], regex: '(?i)shop', action: 'KEEP' }),
  keepequal: rule({ source_labels: ['y'], target_label: 'x', action: 'keepequal' }),
  dropequal: rule({ source_labels: ['y'], target_label: 'z', action: 'dropequal' }),
  replace: rule({
    source_labels: ['x'],
    regex: '(?P<first>.)(.*)',
    target_label: 'z',
    replacement: '${2}-$first-$$-$9',
  }),
  'replace of a part': rule({ source_labels: ['x'], regex: 'Sho', target_label: 'z' }),
  'replace with a template': rule({
    source_labels: ['x'],
    regex: '(.*)',
    target_label: 'to_$1',
    replacement: 'y',
  }),
  'replace with a bad name': rule({
    source_labels: ['x'],
    regex: '(.*)',
    target_label: '${1}',
    replacement: 'v',
  }),
  'replace with nothing': rule({ target_label: 'x', replacement: '' }),
  'replace of the name': rule({ source_labels: ['__name__'], target_label: '__name__', replacement: 'm_$1' }),
  'no name': rule({ target_label: '__name__', replacement: '' }),
  'a bad name': rule({ target_label: '__name__', replacement: 'a-b' }),
  'no labels': rule({ regex: '.*', action: 'labeldrop' }),
  separator: rule({ source_labels: ['x', 'y'], separator: '@', target_label: 'z' }),
  hashmod: rule({ source_labels: ['x'], target_label: 'z', modulus: 1000003, action: 'hashmod' }),
  labelmap: rule({ regex: 'port_(.*)', replacement: 'p_$1', action: 'labelmap' }),
  'labelmap of two': rule({ regex: '(x|y|job)', replacement: 'z', action: 'labelmap' }),
  labeldrop: rule({ regex: 'x|instance', action: 'labeldrop' }),
  'labeldrop to duplicates': {
    metric_relabel_configs: [
      { regex: 'x|y|port_http|__tmp', action: 'labeldrop' },
      { target_label: '__name__', replacement: 'same' },
    ],
  },
  labelkeep: rule({ regex: '__name__|x', action: 'labelkeep' }),
  lowercase: rule({ source_labels: ['x'], target_label: 'x', action: 'lowercase' }),
  uppercase: rule({ source_labels: ['x', 'y'], target_label: 'z', action: 'uppercase' }),
  'several rules': {
    metric_relabel_configs: [
      { source_labels: ['x'], regex: 'S(.*)', target_label: '__tmp_x', replacement: '$1' },
      { source_labels: ['__tmp_x'], target_label: 'z' },
      { source_labels: ['z'], regex: '', action: 'drop' },
    ],
  },
}

/** @param now milliseconds since 1970 */
export function casesOf(now: number): readonly Case[] {
  return [
    ...Object.entries(texts).map(([title, body]) => ({
      title: `text: ${title}`,
      answers: [valid, text(body), valid],
    })),
    ...Object.entries(openMetrics).map(([title, body]) => ({
      title: `OpenMetrics: ${title}`,
      answers: [validOm, om(body), validOm],
    })),
    ...Object.entries(rules).map(([title, job]) => ({
      title: `relabelling: ${title}`,
      answers: [labelled, text('a 1\n'), labelled],
      job,
    })),
    {
      title: 'an error behind valid lines',
      reportOnly: true,
      answers: [valid, text('a 1\nbefore 2\n!\n'), valid],
    },
    { title: 'white space around a timestamp', answers: [text(`a 1\t ${now} \n`)] },
    {
      title: 'series that come and go',
      answers: [text('a 1\nb 2\n'), text('b 3\nc 4\n'), text('c 5\na 6\n')],
    },
    { title: 'an empty body', answers: [valid, text(''), valid] },
    { title: 'an error', answers: [valid, { ...valid, status: 500 }, valid] },
    { title: 'no content', answers: [valid, { body: '', status: 204 }, valid] },
    { title: 'an error first', answers: [{ ...valid, status: 404 }, valid, { ...valid, status: 404 }] },
    {
      title: 'another order',
      answers: [text('a 1\nb 2\nc 3\n'), text('c 1\nb 2\na 3\n'), text('b 1\nb 2\n')],
    },
    {
      title: 'another way to write',
      answers: [text('a{x="1",y="2"} 1\n'), text('a{y="2",x="1"} 2\n'), text('a{ y="2",x="1" } 3\n')],
    },
    {
      title: 'invalid UTF-8',
      answers: [valid, { body: Buffer.from([97, 123, 120, 61, 34, 255, 34, 125, 32, 49, 10]) }, valid],
    },
    { title: 'OpenMetrics without its type', answers: [text('# TYPE a counter\na_total 1\n# EOF\n')] },
    {
      title: 'an unknown type',
      answers: [
        { body: 'a 1\n', type: 'application/json' },
        { body: 'a 1\n', type: 'not a type' },
        { body: 'a 2\n', type: '' },
      ],
    },
    {
      title: 'OpenMetrics in capitals',
      answers: [{ body: 'a 1\n', type: 'Application/OpenMetrics-Text; version=1.0.0' }],
    },
    {
      title: 'timestamps',
      answers: [
        text(`a 1 ${now - 60_000}\nb 2\n`),
        text(`a 2 ${now - 30_000}\nb 3 ${now + 3_600_000}\n`),
        text('b 4\n'),
      ],
    },
    {
      title: 'timestamps of OpenMetrics',
      answers: [om(`a 1 ${(now - 60_000) / 1_000}\nb 2\n# EOF\n`), om(`a 2 ${now / 1_000 - 30}\n# EOF\n`)],
    },
    {
      title: 'timestamps that do not count',
      job: { honor_timestamps: false },
      answers: [text(`a 1 ${now - 60_000}\n`), text('b 1\n')],
    },
    {
      title: 'labels of the target',
      answers: [
        text(
          'a{job="x",instance="y",exported_job="z",env="",team="t"} 1\nb{exported_exported_job="1",exported_job="2",job="3"} 2\n',
        ),
      ],
    },
    {
      title: 'labels of the body',
      job: { honor_labels: true },
      answers: [text('a{job="x",instance=""} 1\nb{env="y"} 2\n')],
    },
    {
      title: 'a sample limit',
      reportOnly: true,
      job: { sample_limit: 3 },
      answers: [text('a 1\nb 2\n'), text('a 1\nb 2\nc 3\nd 4\n'), text('a 1\nc 2\nd 3\n')],
    },
    {
      title: 'a sample limit after relabelling',
      job: { sample_limit: 1, ...rules.keep },
      answers: [text('a 1\nb 2\n')],
    },
    {
      title: 'a body that is too large',
      job: { body_size_limit: '20B' },
      answers: [text('a 1\n'), text('a 123456789012345678901234567890\n'), text('a 3\n')],
    },
  ]
}
