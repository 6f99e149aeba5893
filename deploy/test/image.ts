import { readFile } from 'node:fs/promises'

import { type Copy, DockerfileParser, type Env, type JSONInstruction } from 'dockerfile-ast'
import { validate } from 'dockerfile-utils'

/** A file that an image takes from where it is built. */
interface CopiedFile {
  readonly from: string
  readonly to: string
}

/** What a Dockerfile says of the image that it makes. */
export interface Image {
  /** What is wrong with the file. */
  readonly problems: readonly string[]
  /** Environment variables of the image. */
  readonly env: Readonly<Record<string, string>>
  readonly user: string | undefined
  readonly port: number
  /** What the last stage takes from the folder in which it is built. */
  readonly files: readonly CopiedFile[]
  /** What it takes from an earlier stage. */
  readonly built: readonly CopiedFile[]
  /** Program and arguments; `undefined`: the command is left to a shell. */
  readonly command: readonly string[] | undefined
  /** Program and arguments that tell how the container is. */
  readonly healthCheck: readonly string[]
  /** What may be taken from the folder, by its `.dockerignore`. */
  readonly letIn: readonly string[]
}

/** Reads the Dockerfile in the folder of an app. */
export async function imageOf(folder: URL): Promise<Image> {
  const text = await readFile(new URL('Dockerfile', folder), 'utf8')
  const ignored = await readFile(new URL('.dockerignore', folder), 'utf8')
  const instructions = DockerfileParser.parse(text).getInstructions()
  const begin = instructions.findLastIndex((each) => each.getKeyword() === 'FROM')
  const last = (keyword: string) => instructions.slice(begin).filter((each) => each.getKeyword() === keyword)
  const copies = last('COPY') as Copy[]
  const stringsOf = (keyword: string) =>
    (last(keyword).at(-1) as JSONInstruction | undefined)?.getJSONStrings().map((each) => each.getJSONValue())
  const command = stringsOf('CMD')
  const [, healthCheck = '[]'] = /^HEALTHCHECK(?:.|\n)*?CMD (\[.*\])$/m.exec(text) ?? []

  return {
    problems: validate(text).map(({ message }) => (typeof message === 'string' ? message : message.value)),
    env: Object.fromEntries(
      (last('ENV') as Env[])
        .flatMap((each) => each.getProperties())
        .map((property) => [property.getName(), property.getValue() ?? '']),
    ),
    user: last('USER').at(-1)?.getArgumentsContent() ?? undefined,
    port: Number(last('EXPOSE').at(-1)?.getArgumentsContent()),
    files: copies.filter((copy) => !copy.getFromFlag()).map(copiedBy),
    built: copies.filter((copy) => copy.getFromFlag()).map(copiedBy),
    command: command?.length ? command : undefined,
    healthCheck: JSON.parse(healthCheck) as string[],
    letIn: lettingIn(ignored),
  }
}

function copiedBy(copy: Copy): CopiedFile {
  const [from = '', to = ''] = copy.getArguments().map((argument) => argument.getValue())
  return { from, to }
}

/** Of a file that keeps everything out first. Without that line everything else may be taken. */
function lettingIn(dockerignore: string): string[] {
  const lines = dockerignore.split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return lines[0] === '*' ? lines.slice(1).map((line) => line.replace(/^!/, '')) : ['*']
}
