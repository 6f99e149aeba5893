/** A metric as the documentation shows it. */
export interface Row {
  readonly name: string
  readonly type: string
  /** `undefined`: the scrape had no series of it, so that nobody can say. */
  readonly labels: readonly string[] | undefined
  readonly unit: string
  readonly help: string
}

/** What the names of metrics say of their units. */
const UNITS: ReadonlyArray<readonly [suffix: RegExp, unit: string]> = [
  [/_seconds(?:_total)?$/, 'seconds'],
  [/_bytes(?:_total)?$/, 'bytes'],
  [/_ratio$/, '0 to 1'],
  [/_cores$/, 'cores'],
]

/** Labels that belong to a type of metric. */
const OF_THE_TYPE = new Set(['le', 'quantile'])

/** Each metric of a scrape, but those of its user. */
export function rowsOf(scrape: string): Row[] {
  return scrape
    .split(/^# HELP /m)
    .slice(1)
    .map((text) => {
      const [head = '', typeLine = '', ...samples] = text.trimEnd().split('\n')
      const name = head.slice(0, head.indexOf(' '))
      const labels = new Set(samples.flatMap(labelsOf))
      return {
        name,
        help: head.slice(name.length + 1),
        type: typeLine.split(' ').at(-1) ?? '',
        labels: samples.length === 0 ? undefined : [...labels],
        unit: UNITS.find(([suffix]) => suffix.test(name))?.[1] ?? '',
      }
    })
    .filter(({ name }) => name !== 'many_total')
}

/** The label of a process that has workers is not a metric's own. */
function labelsOf(sample: string): string[] {
  return [...sample.matchAll(/[{,](\w+)="/g)]
    .map(([, label = '']) => label)
    .filter((label) => !OF_THE_TYPE.has(label) && label !== 'worker')
}

/** The rows of all tables of a document, by the names of their metrics. */
export function documentedRows(markdown: string): Row[] {
  return [...markdown.matchAll(/^\| `(\w+)` +\| (\w+) +\| (.*?) *\| (.*?) *\| (.*?) *\|$/gm)].map(
    ([, name = '', type = '', labels = '', unit = '', help = '']) => ({
      name,
      type,
      labels: labels === '' ? [] : labels.split(', '),
      unit,
      help,
    }),
  )
}

/** A table of Markdown. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(
    ({ name, type, labels = [], unit, help }) =>
      `| \`${name}\` | ${type} | ${labels.join(', ')} | ${unit} | ${help} |`,
  )
  return ['| metric | type | labels | unit | what |', '| --- | --- | --- | --- | --- |', ...lines].join('\n')
}
