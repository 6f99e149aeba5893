// Writes the answers of the examples in docs/hub-api.md.
import { readFileSync, writeFileSync } from 'node:fs'

import { withAnswers } from './examples.ts'
import { openApi } from './open-api.ts'

const DOCUMENT = new URL('../../../../docs/hub-api.md', import.meta.url)

const { api, close } = await openApi()
writeFileSync(DOCUMENT, await withAnswers(readFileSync(DOCUMENT, 'utf8'), api))
await close()
