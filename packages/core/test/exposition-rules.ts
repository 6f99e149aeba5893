/** What both formats forbid, and a strict parser refuses a whole scrape for. */

const SUFFIXES: Readonly<Record<string, readonly string[]>> = {
  counter: ['_total', '_created'],
  histogram: ['_bucket', '_sum', '_count', '_created'],
  summary: ['_sum', '_count', '_created'],
}

/** What is wrong with a scrape, one sentence for each; none: nothing is. */
export function violations(text: string, format: 'prometheus' | 'openmetrics'): string[] {
  const found: string[] = []
  const names = new Set<string>()
  const series = new Set<string>()
  let family = { name: '', type: '' }
  for (const line of text.split('\n')) {
    const [, name = '', type = ''] = /^# TYPE (\S+) (\S+)$/.exec(line) ?? []
    if (name !== '') {
      family = { name, type }
      const isOld = format === 'prometheus'
      const suffixes = (SUFFIXES[type] ?? []).filter(
        (suffix) => !isOld || (type !== 'counter' && suffix !== '_created'),
      )
      for (const each of ['', ...suffixes].map((suffix) => name + suffix)) {
        if (names.has(each)) found.push(`the name ${each} is there twice`)
        names.add(each)
      }
    }
    if (line === '' || line.startsWith('#')) continue
    const [, key = '', sample = '', value = ''] =
      /^((\w[\w:]*)(?:\{.*?\})?) (\S+)(?: # .*)?$/.exec(line) ?? []
    if (!sample.startsWith(family.name)) found.push(`${sample} is below ${family.name}`)
    if (series.has(key)) found.push(`the series ${key} is there twice`)
    series.add(key)
    const isCounted = /_(?:total|sum|count|bucket)$/.test(sample) && family.type !== 'unknown'
    if (value === '' || (isCounted && family.type !== 'untyped' && !(Number(value) >= 0)))
      found.push(`${line} has a value that no counter has`)
  }
  return found
}
