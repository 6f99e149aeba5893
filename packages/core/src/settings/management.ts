import type { ManagementSettings } from '../endpoints/access.ts'
import type { ManagementOptions } from '../options/options.ts'
import { fromEnv, number } from '../requirements/environment.ts'
import { path, port, type Requirement, shown, type Table, text } from '../requirements/requirements.ts'

/** A token that fits into a header and is hard to guess: https://www.rfc-editor.org/rfc/rfc6750#section-2.1 */
const token: Requirement = (value) =>
  typeof value === 'string' && value.length >= 16 && /^[\w\-.~+/]+=*$/.test(value)
    ? undefined
    : 'a text of at least 16 letters, digits and -._~+/'

/** The requirements of the options. */
export const MANAGEMENT_TABLE: Table = { port, host: text, token, loggers: path }

/**
 * Applies environment and defaults.
 *
 * @throws {TypeError} if an environment variable is wrong, or a host has no port
 */
export function managementFrom(options: ManagementOptions = {}, env: NodeJS.ProcessEnv): ManagementSettings {
  const settings = {
    port: options.port ?? number(env, 'SIGHTLINE_MANAGEMENT_PORT', port),
    host: options.host ?? fromEnv(env, 'SIGHTLINE_MANAGEMENT_HOST', text),
    token: options.token ?? fromEnv(env, 'SIGHTLINE_MANAGEMENT_TOKEN', token),
  }
  if (settings.host !== undefined && settings.port === undefined)
    throw new TypeError(
      `Sightline: management.host is ${shown(settings.host)}, but without management.port there is nothing to listen on it`,
    )
  return { ...settings, host: settings.host ?? '127.0.0.1', loggers: options.loggers ?? '/loggers' }
}
