import type { createApi } from '../../src/api/api.ts'

/** A request of the documentation and its answer. */
export interface Example {
  /** Such as `GET /api/services?window=5m`, with a body after an empty line. */
  readonly request: string
  /** The JSON of the page. */
  readonly answer: string
}

/** A block of a request, and the block of its answer right behind it. */
const EXAMPLE = /```http\n(?<request>[^]*?)\n```\n\n```json\n(?<answer>[^]*?)\n?```/g

/** The examples of a page, in their order. */
export function examplesOf(page: string): readonly Example[] {
  return Array.from(page.matchAll(EXAMPLE), ({ groups }) => ({
    request: groups?.['request'] ?? '',
    answer: groups?.['answer'] ?? '',
  }))
}

/** A page with current answers. */
export async function withAnswers(page: string, api: ReturnType<typeof createApi>): Promise<string> {
  const asker = new Asker(api)
  let text = page
  for (const { request, answer } of examplesOf(page)) {
    const current = JSON.stringify(shortened(await asker.ask(request)))
    const block = (json: string) => `\`\`\`http\n${request}\n\`\`\`\n\n\`\`\`json\n${json}\n\`\`\``
    text = text.replace(block(answer), () => block(current))
  }
  return text
}

/** Asks the requests of a page, one after the other. */
export class Asker {
  readonly #api: ReturnType<typeof createApi>
  /** The cursor of the first record of the last page of log records. */
  #cursor = ''

  constructor(api: ReturnType<typeof createApi>) {
    this.#api = api
  }

  /** The answer to a request. `CURSOR` in it is a cursor of the last answer that had one. */
  async ask(request: string): Promise<unknown> {
    const [line = '', ...body] = request.split('\n')
    const [method = ''] = line.split(' ', 1)
    const target = line.slice(method.length + 1)
    const [path = '', search = ''] = target.replace('CURSOR', () => this.#cursor).split('?')
    const { status, body: answer } = await this.#api({
      method,
      path,
      query: new URLSearchParams(search),
      body: body.join('\n').trim(),
      headers: {},
      signal: new AbortController().signal,
    })
    const text = Buffer.from(answer).toString()
    if (status !== 200) throw new Error(`${line} is answered with ${status}: ${text}`)
    const parsed: unknown = JSON.parse(text)
    this.#cursor = /"cursor":"(?<cursor>[^"]+)"/.exec(text)?.groups?.['cursor'] ?? this.#cursor
    return parsed
  }
}

/** Longest list of numbers on the page. */
const SHOWN = 3

/** Names of cursors, which are opaque. */
const CURSORS: ReadonlySet<string> = new Set(['cursor', 'next', 'tail'])

/** An answer for the page: cursors are `…`, long lists of numbers end with it, and numbers have at most six digits. */
export function shortened(answer: unknown): unknown {
  if (Array.isArray(answer)) {
    const isLong = answer.length > SHOWN && answer.every((each) => typeof each === 'number')
    return isLong ? [...answer.slice(0, SHOWN), '…'] : answer.map(shortened)
  }
  if (typeof answer === 'number') return Number.isInteger(answer) ? answer : Number(answer.toPrecision(6))
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(
    Object.entries(answer).map(([key, value]: [string, unknown]) => [
      key,
      CURSORS.has(key) && typeof value === 'string' ? '…' : shortened(value),
    ]),
  )
}

/** An answer without its numbers, for those that differ from machine to machine. */
export function shapeOf(answer: unknown): unknown {
  if (Array.isArray(answer)) return answer.map(shapeOf)
  if (typeof answer === 'number') return 'a number'
  if (typeof answer !== 'object' || answer === null) return answer
  return Object.fromEntries(Object.entries(answer).map(([key, value]) => [key, shapeOf(value)]))
}
