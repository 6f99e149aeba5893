import type { Params } from '../api/api.ts'

/** A command that asks the hub the same. */
export function curlOf(origin: string, path: string, params: Params = {}): string {
  const given = Object.entries(params).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${value}`],
  )
  const get = given.length === 0 ? '' : ' -G'
  return [
    `curl${get} ${quoted(origin + path)}`,
    ...given.map((each) => `--data-urlencode ${quoted(each)}`),
  ].join(' \\\n  ')
}

/** A word of a POSIX shell that stands for a text, whatever is in it. */
export const quoted = (text: string): string =>
  /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`

/** A table in Markdown. */
export function markdownTable(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]) => `| ${cells.map(markdown).join(' | ')} |`
  return [line(head), `|${' --- |'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

/** A text that Markdown shows as it is. */
const markdown = (text: string): string =>
  text.replace(/[\\`*_{}[\]<>#|~!]/g, String.raw`\$&`).replace(/\s*[\r\n]+\s*/g, ' ')

/** A block of code in Markdown. Its fence is longer than any in the text, so that received text stays inside. */
export function fenced(text: string): string {
  const longest = Math.max(2, ...[...text.matchAll(/`+/g)].map(([ticks]) => ticks.length))
  const fence = '`'.repeat(longest + 1)
  return `${fence}\n${text}\n${fence}`
}

/** Code within a line of Markdown. */
export function codeText(text: string): string {
  const ticks = '`'.repeat(Math.max(0, ...[...text.matchAll(/`+/g)].map(([each]) => each.length)) + 1)
  return ticks.length === 1 ? `\`${text}\`` : `${ticks} ${text} ${ticks}`
}
