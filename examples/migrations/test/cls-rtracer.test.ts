import { afterEach, describe, expect, it } from '@jest/globals'

import { type RunningProgram, startProgram } from './program.ts'

const DEADLINE_MS = 60_000
let program: RunningProgram | undefined

afterEach(() => program?.stop())

describe.each([
  { side: 'before', idField: 'requestId' },
  { side: 'after', idField: 'request_id' },
] as const)('the program $side the move from cls-rtracer', ({ side, idField }) => {
  it('knows the id of the request after promises, in its emitters and in its jobs', async () => {
    program = await startProgram('cls-rtracer', side)
    const ids = ['from-a-proxy', undefined]
    const answers = await Promise.all(ids.map((id) => order(id)))
    const [given, made] = answers.map(({ requestId }) => requestId)

    expect(answers.map(({ echoed }) => echoed)).toEqual([given, made])
    expect(given).toBe('from-a-proxy')
    expect(made).toMatch(/^[\w.-]{8,}$/)
    for (const id of [given, made]) {
      await expect(linesOf(program, idField, id)).resolves.toEqual(['order taken', 'answered', 'mail sent'])
    }
  })
})

async function order(id: string | undefined): Promise<{ requestId: unknown; echoed: string | null }> {
  const response = await fetch(`http://${program?.address}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...(id !== undefined && { 'x-request-id': id }) },
    body: JSON.stringify({ customer: 'ann' }),
  })
  const { requestId } = (await response.json()) as { requestId: unknown }
  return { requestId, echoed: response.headers.get('x-request-id') }
}

/**
 * The log lines with an id, once the last of them is written. Without the access event, which only one
 * program has.
 */
async function linesOf({ lines }: RunningProgram, idField: string, id: unknown): Promise<unknown[]> {
  const end = Date.now() + DEADLINE_MS
  for (;;) {
    const messages = lines()
      .filter((line) => line[idField] === id && line.outcome === undefined)
      .map(({ msg }) => msg)
    if (messages.includes('mail sent')) return messages
    if (Date.now() > end) throw new Error(`no mail was sent under ${id}: ${JSON.stringify(lines())}`)
    // Polls: there is no event for a log line of another process.
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
