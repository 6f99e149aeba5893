import { checkOptions, listOf, objectWith, type Requirement, text } from '../../requirements/requirements.ts'
import type { CheckFunction } from '../check.ts'
import { ask, askable, place } from './ask.ts'

/** The options of an HTTP check. */
export interface HttpCheckOptions {
  /** Default: `GET`. */
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  /** The healthy statuses. Default: 200 to 299. */
  readonly statuses?: readonly number[]
}

const status: Requirement = (value) =>
  Number.isInteger(value) && Number(value) >= 100 && Number(value) <= 599 ? undefined : 'a status'

/**
 * Checks any HTTP endpoint. Redirects are not followed: their status counts.
 *
 * @example
 * health.check('payments provider', checks.http('https://status.example.com/ping'), { critical: false })
 *
 * @throws {TypeError} if the URL or an option is wrong
 */
export function http(url: string | URL, options: HttpCheckOptions = {}): CheckFunction {
  const target = askable(url, 'checks.http')
  checkOptions(
    options,
    { method: text, headers: objectWith('an object'), statuses: listOf(status, 'statuses') },
    'checks.http',
  )
  const { method, headers, statuses } = options
  const isHealthy = (code: number) => (statuses ? statuses.includes(code) : code >= 200 && code < 300)
  return async (signal) => {
    const { status: code } = await ask(target, signal, {
      ...(method && { method }),
      ...(headers && { headers }),
    })
    if (!isHealthy(code)) throw new Error(`${place(target)} has answered ${code}`)
  }
}
