import { readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import { type Comment, parseSync, type TSInterfaceDeclaration, type TSType } from 'oxc-parser'

import { ROOT } from './pages.ts'

/** An option with its type and docstring. */
export interface Option {
  /** The full name, such as `log.level`. */
  readonly name: string
  /** The type as written in the source. */
  readonly type: string
  /** The text after `Default:` in the docstring. Empty if there is none. */
  readonly otherwise: string
  /** The environment variables named as default in the docstring, as Markdown. */
  readonly environment: string
  /** The rest of the docstring. */
  readonly what: string
}

interface Source {
  readonly file: string
  readonly text: string
  readonly comments: readonly Comment[]
  readonly interfaces: ReadonlyMap<string, TSInterfaceDeclaration>
  /** Type names and their definitions. */
  readonly aliases: ReadonlyMap<string, string>
  /** Imported type names and their files. */
  readonly imports: ReadonlyMap<string, string>
}

/**
 * Reads the options of an interface and its nested interfaces, within files of the package.
 *
 * @param file path from the root of the repository
 * @throws {Error} if the file has no such interface
 */
export function optionsOf(file: string, name: string, prefix = ''): readonly Option[] {
  const source = sourceOf(file)
  const declaration = source.interfaces.get(name)
  if (declaration === undefined) throw new Error(`${file} has no interface ${name}`)
  const inherited = declaration.extends.flatMap(({ expression, typeArguments }) => {
    if (expression.type !== 'Identifier') return []
    const [of, without] = typeArguments?.params ?? []
    if (expression.name !== 'Omit' || !of || !without) return optionsOf(file, expression.name, prefix)
    const left = new Set(textOf(source, without).match(/\w+/g))
    return optionsOf(file, textOf(source, of), prefix).filter(
      (option) => !left.has(option.name.slice(prefix.length)),
    )
  })
  const own = declaration.body.body.flatMap((member) => {
    if (member.type !== 'TSPropertySignature' || member.key.type !== 'Identifier') return []
    const type = member.typeAnnotation?.typeAnnotation
    if (!type) return []
    const path = `${prefix}${member.key.name}`
    const docstring = docstringBefore(source, member.start)
    const parts = referencesOf(type).flatMap((reference) => partsOf(source, reference, `${path}.`))
    // A group without a docstring is shown as its members.
    if (docstring === '' && parts.length > 0) return parts
    return [{ name: path, type: shownType(source, type), ...told(docstring) }, ...parts]
  })
  return [...inherited, ...own]
}

function sourceOf(file: string): Source {
  const text = readFileSync(`${ROOT}${file}`, 'utf8')
  const { program, comments, module } = parseSync(file, text)
  const interfaces = new Map<string, TSInterfaceDeclaration>()
  const aliases = new Map<string, string>()
  for (const statement of program.body) {
    const declaration = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (declaration?.type === 'TSInterfaceDeclaration') interfaces.set(declaration.id.name, declaration)
    if (declaration?.type === 'TSTypeAliasDeclaration')
      aliases.set(declaration.id.name, textOf({ text }, declaration.typeAnnotation))
  }
  const imports = new Map<string, string>()
  for (const { moduleRequest, entries } of module.staticImports) {
    if (!moduleRequest.value.startsWith('.')) continue
    for (const { localName } of entries)
      imports.set(localName.value, join(dirname(file), moduleRequest.value))
  }
  return { file, text, comments, interfaces, aliases, imports }
}

/**
 * The nested options of an option. Only interfaces whose name ends in "Options": the members of a logger are
 * no options.
 */
function partsOf({ file, interfaces, imports }: Source, name: string, prefix: string): readonly Option[] {
  if (!name.endsWith('Options')) return []
  if (interfaces.has(name)) return optionsOf(file, name, prefix)
  const elsewhere = imports.get(name)
  return elsewhere === undefined ? [] : optionsOf(elsewhere, name, prefix)
}

/** The type names in a type or union. */
function referencesOf(type: TSType): readonly string[] {
  if (type.type === 'TSUnionType') return type.types.flatMap(referencesOf)
  return type.type === 'TSTypeReference' && type.typeName.type === 'Identifier' ? [type.typeName.name] : []
}

function textOf({ text }: Pick<Source, 'text'>, { start, end }: { start: number; end: number }): string {
  return text.slice(start, end).replace(/\s+/g, ' ').replace(/^\| /, '')
}

/** A type as written in the source, with type aliases resolved. */
function shownType(source: Source, type: TSType): string {
  const text = textOf(source, type)
  const elsewhere = source.imports.get(text)
  return source.aliases.get(text) ?? (elsewhere ? sourceOf(elsewhere).aliases.get(text) : undefined) ?? text
}

/** The docstring before a member. */
function docstringBefore({ text, comments }: Source, start: number): string {
  const comment = comments.find(
    ({ end, value }) => value.startsWith('*') && end <= start && text.slice(end, start).trim() === '',
  )
  return (comment?.value ?? '')
    .slice(1)
    .replace(/^\s*\* ?/gm, '')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replace(/\s+/g, ' ')
    .trim()
}

/** `Default: VARIABLE, else 5.`: the variables come first. Further sentences may follow. */
const DEFAULT = /\s*Default: (?<whole>.+?)\.(?=\s|$)/
const VARIABLES = /^(?:`[A-Z][A-Z\d_]+`(?: and its like)?(?:, else |, |$))+/

function told(docstring: string): Pick<Option, 'otherwise' | 'environment' | 'what'> {
  const whole = DEFAULT.exec(docstring)?.groups?.whole ?? ''
  const environment = VARIABLES.exec(whole)?.[0] ?? ''
  return {
    otherwise: whole.slice(environment.length),
    environment: environment.replace(/,(?: else)? $/, ''),
    what: docstring.replace(DEFAULT, '').trim(),
  }
}
