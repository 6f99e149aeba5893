/** One value of a scrape. */
export interface Sample {
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

/** The samples of a name in a scrape: https://prometheus.io/docs/instrumenting/exposition_formats/ */
export function samplesOf(text: string, name: string): Sample[] {
  return text.split('\n').flatMap((line) => {
    if (!line.startsWith(name)) return []
    // A label value may contain a brace or a space. The value follows the last brace.
    const end = line.lastIndexOf('}') + 1
    const rest = line.slice(end === 0 ? name.length : end)
    const labels = line.slice(name.length, end)
    if (labels !== '' ? !labels.startsWith('{') : !rest.startsWith(' ')) return []
    return [{ labels: labelsOf(labels), value: Number(rest.trim().split(' ')[0]) }]
  })
}

/** The sum of a name's samples, optionally filtered. */
export function sumOf(text: string, name: string, wanted: (sample: Sample) => boolean = () => true): number {
  return samplesOf(text, name)
    .filter(wanted)
    .reduce((sum, { value }) => sum + value, 0)
}

function labelsOf(text: string): Record<string, string> {
  const pairs = text.matchAll(/([A-Za-z_][\w]*)="((?:[^"\\]|\\.)*)"/g)
  return Object.fromEntries(Array.from(pairs, ([, name = '', value = '']) => [name, value]))
}
