import { readFileSync } from 'node:fs'

import { afterAll, beforeAll, expect, test } from '@jest/globals'

import { ROUTES } from '../../src/api/routes.ts'
import { Asker, examplesOf, shapeOf, shortened } from './examples.ts'
import { openApi } from './open-api.ts'

const page = readFileSync(new URL('../../../../docs/hub-api.md', import.meta.url), 'utf8')
const examples = examplesOf(page)

let opened: Awaited<ReturnType<typeof openApi>>
let asker: Asker

beforeAll(async () => {
  opened = await openApi()
  asker = new Asker(opened.api)
})

afterAll(() => opened.close())

// A failure means: run `pnpm hub-api`, and commit what it writes.
test.each(examples.map(({ request, answer }) => [request, answer]))(
  '%s is answered as on the page',
  async (request, answer) => {
    const [ours, shown] = [shortened(await asker.ask(request)), JSON.parse(answer) as unknown]
    // Sizes on disk depend on the machine.
    if (request === 'GET /api/hub') expect(shapeOf(ours)).toEqual(shapeOf(shown))
    else expect(ours).toEqual(shown)
  },
)

test('the page has an example of each path and method', () => {
  const asked = examples.map(({ request }) => {
    const [method = '', target = ''] = request.split(/\s/)
    return { method, segments: (target.split('?')[0] ?? '').split('/') }
  })
  const missing = ROUTES.flatMap(({ path, methods }) =>
    Object.keys(methods)
      // Forms have the parameters that the query has.
      .filter((method) => method === 'GET' || !('GET' in methods) || !path.startsWith('/api/v1/'))
      .filter((method) => {
        const pattern = path.split('/')
        const fits = (segments: readonly string[]) =>
          segments.length === pattern.length &&
          pattern.every((segment, index) => segment.startsWith(':') || segment === segments[index])
        return !asked.some((each) => each.method === method && fits(each.segments))
      })
      .map((method) => `${method} ${path}`),
  )
  expect(missing).toEqual([])
})
