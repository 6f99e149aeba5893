import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

import { allPages, type Block, blocksOf, ROOT } from './pages.ts'

const FRAMEWORKS = ['fastify', 'express', 'koa'] as const

/** The framework of a block. It defines `app` and `sightline` if the block does not. */
type Framework = (typeof FRAMEWORKS)[number]

/** A block of a page as a program to compile and run. */
export interface Program {
  readonly block: Block
  /** The block's position, such as `docs/context.md:5`. */
  readonly name: string
  readonly framework: Framework
  /** The folder for all programs of a page and framework, so that global declarations stay separate. */
  readonly project: string
  readonly file: string
  /** Whether it is also run. Blocks with the word `types` after the fence are only compiled. */
  readonly runs: boolean
}

/** Not a temporary folder: imports are resolved from the file upwards. */
const FOLDER = `${ROOT}docs/.programs`

/** All TypeScript and JavaScript blocks of the documentation. */
export function allPrograms(): readonly Program[] {
  return allPages().flatMap((page) => blocksOf(page, ['ts', 'js']).map(programOf))
}

function programOf(block: Block): Program {
  const { page, line, language, words, code } = block
  const framework = FRAMEWORKS.find((each) => words.includes(each)) ?? frameworkOf(page.path)
  // A block may name the file under which other blocks import it.
  const named = /^\/\/ (?<file>[\w-]+\.[jt]s)$/m.exec(code.split('\n', 1)[0] ?? '')?.groups?.file
  const project = projectOf(page.path, framework)
  return {
    block,
    name: `${page.path}:${line}`,
    framework,
    project,
    file: `${project}/${named ?? `line-${line}.${language}`}`,
    runs: !words.includes('types'),
  }
}

/** The framework is in the name of the page or of its folder. */
function frameworkOf(path: string): Framework {
  const words = path.split(/\W/)
  return FRAMEWORKS.find((each) => words.includes(each)) ?? 'express'
}

/** Writes the programs with the line numbers of their pages, so that errors point to the page. */
export function writePrograms(programs: readonly Program[]): void {
  rmSync(FOLDER, { recursive: true, force: true })
  for (const { file, project, framework, block } of programs) {
    // Imported files are also available to the programs of other frameworks.
    const isShared = !basename(file).startsWith('line-')
    const places = isShared ? FRAMEWORKS.map((each) => projectOf(block.page.path, each)) : [project]
    for (const place of places) {
      mkdirSync(place, { recursive: true })
      writeFileSync(`${place}/${basename(file)}`, sourceOf(block))
    }
    writeFileSync(`${project}/tsconfig.json`, configurationFor(framework))
  }
  // All packages, so that a page may cover a new one.
  mkdirSync(`${FOLDER}/node_modules/@sightline`, { recursive: true })
  for (const name of readdirSync(`${ROOT}packages`))
    symlinkSync(`${ROOT}packages/${name}`, `${FOLDER}/node_modules/@sightline/${name}`)
}

/** A block at its original line numbers, preceded by the code that the page assumes. */
function sourceOf({ code, line, given }: Block): string {
  const lines: string[] = []
  for (const part of given ? [given, { code, line }] : [{ code, line }])
    lines.push(...Array.from({ length: part.line - 1 - lines.length }, () => ''), ...part.code.split('\n'))
  return `${lines.join('\n')}\n`
}

function projectOf(path: string, framework: Framework): string {
  return `${FOLDER}/${path.replaceAll('/', '-').replace(/\.md$/, '')}/${framework}`
}

/** The compiler configuration of a framework's programs, as strict as a strict reader's. */
function configurationFor(framework: Framework): string {
  return JSON.stringify({
    extends: `${ROOT}tsconfig.base.json`,
    compilerOptions: {
      noEmit: true,
      allowJs: true,
      moduleDetection: 'force',
      customConditions: ['@sightline/source'],
      // An example names a value that the reader will use.
      noUnusedLocals: false,
      noUnusedParameters: false,
      // Pages with decorators use the word `types`.
      erasableSyntaxOnly: false,
    },
    include: ['*', `${ROOT}docs/test/given/${framework}.ts`],
  })
}

/** The compiler errors of one file. */
export function errorsIn(output: string, { file }: Program): readonly string[] {
  return output.split('\n').filter((line) => line.split('(', 1)[0]?.endsWith(`/${basename(file)}`))
}
