import { QueryError } from '../../query/query-error.ts'
import { json } from '../answers.ts'
import { parameterError, type Parameters, shown } from '../parameters.ts'
import type { ApiResponse } from '../request.ts'
import type { Call } from '../route.ts'

const LONGEST = 64 * 1_024

/**
 * `GET /api/settings/<name>`: what was saved under a name, or `null`. Not 404: that a page has no settings is usual, and browsers report each
 * 404 as an error.
 */
export async function setting({ parameters, saved }: Call): Promise<ApiResponse> {
  const name = nameOf(parameters)
  const text = await saved.read(name)
  return { status: 200, body: text ?? 'null' }
}

/** `PUT /api/settings/<name>` with any JSON. */
export async function saveSetting({ parameters, body, saved }: Call): Promise<ApiResponse> {
  const name = nameOf(parameters)
  if (Buffer.byteLength(body) > LONGEST)
    throw new QueryError('bad_data', `The body has more than ${LONGEST} bytes`)
  const value = parsed(body)
  await saved.write(name, JSON.stringify(value))
  return json(value)
}

function nameOf(parameters: Parameters): string {
  const name = parameters.required('name')
  if (!/^[a-z-]{1,40}$/.test(name))
    throw parameterError('name', `must have 1 to 40 letters from a to z, not ${shown(name)}`)
  return name
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    throw new QueryError('bad_data', 'The body must be JSON')
  }
}
