import { type Option, optionsOf } from './options.ts'

/**
 * `<!-- options: FILE INTERFACE -->` and `<!-- /options -->`, with the table of these options between them.
 */
const TABLE = /(?<begin><!-- options: (?<file>\S+) (?<name>\w+) -->\n)[^]*?(?<end><!-- \/options -->)/g

/** A page with its option tables regenerated from the types. */
export function withTables(text: string): string {
  return text.replace(TABLE, (...match) => {
    // The last argument of a replacer is the groups. TypeScript types them as any.
    const { begin, file, name, end } = match.at(-1) as Record<'begin' | 'file' | 'name' | 'end', string>
    return `${begin}\n${tableOf(optionsOf(file, name))}\n\n${end}`
  })
}

/** Whether two pages are equal, apart from the column alignment by a formatter. */
export function saysTheSame(one: string, other: string): boolean {
  return plain(one) === plain(other)
}

function tableOf(options: readonly Option[]): string {
  const hasVariables = options.some(({ environment }) => environment !== '')
  const rows = options.map(({ name, type, otherwise, environment, what }) => [
    code(name),
    code(type),
    otherwise,
    ...(hasVariables ? [environment] : []),
    what,
  ])
  const heads = ['option', 'type', 'default', ...(hasVariables ? ['environment'] : []), 'what']
  return [heads, heads.map(() => '---'), ...rows]
    .map((cells) => `| ${cells.map((cell) => cell.replaceAll('|', String.raw`\|`)).join(' | ')} |`)
    .join('\n')
}

function code(text: string): string {
  return `\`${text}\``
}

function plain(text: string): string {
  return text.replace(/ +/g, ' ').replace(/-{3,}/g, '---')
}
