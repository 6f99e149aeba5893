import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename } from 'node:path'

import { allPages, type Block, blocksOf, ROOT } from './pages.ts'

const FRAMEWORKS = ['fastify', 'express', 'koa'] as const

/** Which of the frameworks a block is about: it decides what `app` and `sightline` are, where a block does not say so. */
type Framework = (typeof FRAMEWORKS)[number]

/** A block of a page as a program that can be compiled and run. */
export interface Program {
  readonly block: Block
  /** Where readers find it, such as `docs/context.md:5`. */
  readonly name: string
  readonly framework: Framework
  /** The folder of all programs of its page about its framework: what one declares globally concerns only them. */
  readonly project: string
  readonly file: string
  /** Whether it is run, and not only compiled: all are but those with the word `types` behind their fence. */
  readonly runs: boolean
}

/** Not in a temporary folder: what a program imports is looked for from its file upwards. */
const FOLDER = `${ROOT}docs/.programs`

/** Every block of TypeScript and JavaScript in the documentation. */
export function allPrograms(): readonly Program[] {
  return allPages().flatMap((page) => blocksOf(page, ['ts', 'js']).map(programOf))
}

function programOf(block: Block): Program {
  const { page, line, language, words, code } = block
  const framework = FRAMEWORKS.find((each) => words.includes(each)) ?? frameworkOf(page.path)
  // A block may say under which name others of its page import it.
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

/** The framework of a page is in its name, or in that of its folder. */
function frameworkOf(path: string): Framework {
  const words = path.split(/\W/)
  return FRAMEWORKS.find((each) => words.includes(each)) ?? 'express'
}

/** Writes the programs, each line where it is on its page, so that an error says where that is. */
export function writePrograms(programs: readonly Program[]): void {
  rmSync(FOLDER, { recursive: true, force: true })
  for (const { file, project, framework, block } of programs) {
    // What others import is there for those about other frameworks too.
    const isShared = !basename(file).startsWith('line-')
    const places = isShared ? FRAMEWORKS.map((each) => projectOf(block.page.path, each)) : [project]
    for (const place of places) {
      mkdirSync(place, { recursive: true })
      writeFileSync(`${place}/${basename(file)}`, sourceOf(block))
    }
    writeFileSync(`${project}/tsconfig.json`, configurationFor(framework))
  }
  // All packages there are, so that a page may be about a new one.
  mkdirSync(`${FOLDER}/node_modules/@sightline`, { recursive: true })
  for (const name of readdirSync(`${ROOT}packages`))
    symlinkSync(`${ROOT}packages/${name}`, `${FOLDER}/node_modules/@sightline/${name}`)
}

/** A block in the lines in which it is on its page, and before it what the page takes for granted. */
function sourceOf({ code, line, given }: Block): string {
  const lines: string[] = []
  for (const part of given ? [given, { code, line }] : [{ code, line }])
    lines.push(...Array.from({ length: part.line - 1 - lines.length }, () => ''), ...part.code.split('\n'))
  return `${lines.join('\n')}\n`
}

function projectOf(path: string, framework: Framework): string {
  return `${FOLDER}/${path.replaceAll('/', '-').replace(/\.md$/, '')}/${framework}`
}

/** How the programs about a framework are compiled: as those of a strict reader. */
function configurationFor(framework: Framework): string {
  return JSON.stringify({
    extends: `${ROOT}tsconfig.base.json`,
    compilerOptions: {
      noEmit: true,
      allowJs: true,
      moduleDetection: 'force',
      customConditions: ['@sightline/source'],
      // An example names what it has made, for its reader to go on with.
      noUnusedLocals: false,
      noUnusedParameters: false,
      // Decorators are shown, with the word `types`.
      erasableSyntaxOnly: false,
    },
    include: ['*', `${ROOT}docs/test/given/${framework}.ts`],
  })
}

/** What the compiler has said about one file: its lines that begin with it. */
export function errorsIn(output: string, { file }: Program): readonly string[] {
  return output.split('\n').filter((line) => line.split('(', 1)[0]?.endsWith(`/${basename(file)}`))
}
